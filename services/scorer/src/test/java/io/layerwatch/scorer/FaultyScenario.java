package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.scorer.Flush.Again;
import io.layerwatch.scorer.Flush.Token;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Instances of one model that flush every ten seconds at every site, and what goes wrong with them.
 *
 * @param hosts how many instances
 * @param unusual what they saw where it was not one plain token
 * @param rotation whose flush arrives first
 * @param backlog slots that an instance sends at once, when it was cut off before
 */
record FaultyScenario(
    int hosts, List<Flush> unusual, List<Fault> faults, int rotation, int backlog) {

  static final String MODEL = "demo@r1";
  static final List<String> SITES = List.of("block-output", "relative-contribution");
  static final int WINDOWS = 4;
  static final int SLOTS = WINDOWS * Flush.SLOTS_OF_WINDOW;

  /** A flush with its numbers. */
  record Sent(Flush flush, List<ActivationSummary> summaries) {}

  /** All that the instances saw. */
  List<Flush> observed() {
    return IntStream.range(0, SLOTS)
        .boxed()
        .flatMap(slot -> names().stream().flatMap(host -> seen(host, slot)))
        .toList();
  }

  /** What arrives at the end of each slot, in order. */
  List<List<Sent>> turns() {
    Numbering numbers = new Numbering();
    Map<String, Deque<List<Sent>>> unsent = new HashMap<>();
    List<List<Sent>> turns = new ArrayList<>();
    for (int slot = 0; slot < SLOTS; slot++) {
      List<Sent> turn = new ArrayList<>();
      for (String host : names()) {
        Deque<List<Sent>> own = unsent.computeIfAbsent(host, absent -> new ArrayDeque<>());
        if (isAlive(host, slot)) {
          own.add(send(seen(host, slot), numbers));
        }
        for (int i = 0; i < backlog && !own.isEmpty() && isHeard(host, slot); i++) {
          turn.addAll(own.remove());
        }
      }
      turns.add(turn);
    }
    return turns;
  }

  private List<Sent> send(Stream<Flush> seen, Numbering numbers) {
    return seen.map(
            flush -> new Sent(flush, flush.summaries().stream().map(numbers::next).toList()))
        .filter(sent -> !isLost(sent.flush()))
        .flatMap(
            sent -> sent.flush().again() == Again.AT_ONCE ? Stream.of(sent, sent) : Stream.of(sent))
        .toList();
  }

  boolean losesFlushes() {
    return faults.stream().anyMatch(Fault.Lost.class::isInstance);
  }

  private List<String> names() {
    List<String> names =
        new ArrayList<>(IntStream.rangeClosed(1, hosts).mapToObj(i -> "host-" + i).toList());
    Collections.rotate(names, rotation);
    return names;
  }

  private Stream<Flush> seen(String host, int slot) {
    return isAlive(host, slot)
        ? SITES.stream().map(site -> seen(host, slot, site))
        : Stream.empty();
  }

  private Flush seen(String host, int slot, String site) {
    return unusual.stream()
        .filter(flush -> flush.host().equals(host))
        .filter(flush -> flush.slot() == slot && flush.site().equals(site))
        .findFirst()
        .orElseGet(
            () ->
                new Flush(
                    MODEL, host, slot, site, false, List.of(plain(slot)), false, Again.NEVER));
  }

  private static Token plain(int slot) {
    return new Token(Collections.nCopies(Flush.LAYERS, List.of(0f, 1f, slot / 8f)), 0.5);
  }

  private boolean isAlive(String host, int slot) {
    return faults.stream()
        .filter(fault -> fault.host().equals(host))
        .noneMatch(
            fault ->
                (fault instanceof Fault.Starts starts && slot < starts.slot())
                    || (fault instanceof Fault.Stops stops && slot >= stops.slot()));
  }

  private boolean isHeard(String host, int slot) {
    return isAlive(host, slot)
        && faults.stream()
            .filter(fault -> fault.host().equals(host))
            .noneMatch(
                fault ->
                    fault instanceof Fault.CutOff cut
                        && slot >= cut.slot()
                        && slot < cut.slot() + cut.slots());
  }

  private boolean isLost(Flush flush) {
    return faults.contains(new Fault.Lost(flush.host(), flush.slot(), flush.site()));
  }

  @Override
  public String toString() {
    return Stream.concat(faults.stream(), unusual.stream())
            .map(each -> "\n  " + each)
            .collect(Collectors.joining())
        + "\n  hosts "
        + hosts
        + ", rotation "
        + rotation
        + ", backlog "
        + backlog;
  }
}
