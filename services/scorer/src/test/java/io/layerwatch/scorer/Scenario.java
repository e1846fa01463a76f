package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.scorer.Flush.Again;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What some instances saw, and how it reaches the scorer.
 *
 * @param flushes what they saw in three windows
 * @param turns whose flush arrives next, counted among the instances that have one left; when the
 *     turns are over, the first one's
 * @param partitions of the topic
 */
record Scenario(List<Flush> flushes, List<Integer> turns, int partitions) {

  static final int WINDOWS = 3;

  /** A flush as it is sent; they arrive by order. */
  private record Sent(Flush flush, List<ActivationSummary> summaries, double order) {}

  /** Everything that is said: every instance is heard at the start, so that windows wait for it. */
  List<Flush> said() {
    return Stream.concat(heartbeats(0), flushes.stream()).toList();
  }

  /** The summaries in their order of arrival, until all windows close and what comes after. */
  List<ActivationSummary> arrivals() {
    Numbering numbers = new Numbering();
    List<Sent> arrivals = new ArrayList<>(send(heartbeats(0), numbers));
    List<List<Sent>> queues = new ArrayList<>();
    List<Sent> afterwards = new ArrayList<>();
    for (List<Flush> own : byInstance().values()) {
      List<Sent> sent =
          send(own.stream().sorted(Comparator.comparingInt(Flush::slot)), numbers).stream()
              .sorted(Comparator.comparingDouble(flush -> flush.order()))
              .toList();
      queues.add(new ArrayList<>(twice(sent)));
      sent.stream()
          .filter(flush -> flush.flush().again() == Again.AFTER_CLOSING)
          .forEach(afterwards::add);
    }
    interleave(queues, arrivals);
    arrivals.addAll(send(heartbeats(WINDOWS * Flush.SLOTS_OF_WINDOW + 1), numbers));
    arrivals.addAll(afterwards);
    return arrivals.stream().flatMap(flush -> flush.summaries().stream()).toList();
  }

  private void interleave(List<List<Sent>> queues, List<Sent> arrivals) {
    for (int turn = 0; !queues.isEmpty(); turn++) {
      int next = turn < turns.size() ? turns.get(turn) % queues.size() : 0;
      arrivals.add(queues.get(next).remove(0));
      if (queues.get(next).isEmpty()) {
        queues.remove(next);
      }
    }
  }

  private static List<Sent> twice(List<Sent> sent) {
    return sent.stream()
        .flatMap(
            flush ->
                flush.flush().again() == Again.AT_ONCE ? Stream.of(flush, flush) : Stream.of(flush))
        .toList();
  }

  /**
   * Numbers each one's summaries in the order of the stream. The first of a window at its site is
   * never delayed: behind its successors, it would be missing from the window before.
   */
  private static List<Sent> send(Stream<Flush> flushes, Numbering numbers) {
    Set<String> opened = new HashSet<>();
    return flushes
        .map(
            flush -> {
              boolean first = opened.add(flush.site() + flush.window());
              return new Sent(
                  flush,
                  flush.summaries().stream().map(numbers::next).toList(),
                  flush.delayed() && !first ? flush.slot() + 1.5 : flush.slot());
            })
        .toList();
  }

  private Stream<Flush> heartbeats(int slot) {
    return byInstance().values().stream()
        .map(own -> Flush.heartbeat(own.get(0).model(), own.get(0).host(), slot));
  }

  private Map<String, List<Flush>> byInstance() {
    return flushes.stream()
        .collect(
            Collectors.groupingBy(
                flush -> flush.model() + " " + flush.host(),
                LinkedHashMap::new,
                Collectors.toList()));
  }

  @Override
  public String toString() {
    return flushes.stream().map(flush -> "\n  " + flush).collect(Collectors.joining())
        + "\n  turns "
        + turns
        + ", partitions "
        + partitions;
  }
}
