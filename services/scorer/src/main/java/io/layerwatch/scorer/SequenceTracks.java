package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The tracks of all sources: what finds summaries that are missing or came twice. */
final class SequenceTracks {

  private final OrderedState<String, SequenceTrack> state;

  SequenceTracks(OrderedState<String, SequenceTrack> state) {
    this.state = state;
  }

  /** Takes a late summary in; returns the ledger with it, or nothing when it was seen before. */
  Optional<Ledger> addLate(String model, ActivationSummary summary, Ledger ledger) {
    String key = SummarySource.of(summary).key(model);
    SequenceTrack before = state.get(key).orElse(SequenceTrack.START);
    if (before.numbers().contains(summary.sequenceNumber())) {
      return Optional.empty();
    }
    SequenceTrack after = before.addLate(summary);
    state.put(key, after);
    return Optional.of(
        ledger
            .withLate(summary.statistics().tokens())
            .withClaimed(after.claimedTokens() - before.claimedTokens()));
  }

  /**
   * Takes closing windows in, and tells each what it lacks.
   *
   * @param closing oldest first
   * @param open the lowest number of each source in windows that stay open
   * @return the ledger with them
   */
  Ledger addClosing(
      String model, List<WindowMerge> closing, Map<SummarySource, Long> open, Ledger ledger) {
    Map<SummarySource, SequenceTrack> tracks = of(model);
    List<Map<SummarySource, Long>> next = numbersAfterEach(closing, open);
    Set<SummarySource> changed = new HashSet<>();
    Ledger after = ledger;
    for (int i = 0; i < closing.size(); i++) {
      WindowMerge window = closing.get(i);
      Set<SummarySource> sources = new HashSet<>(tracks.keySet());
      sources.addAll(window.contributions().keySet());
      sources.addAll(next.get(i).keySet());
      for (SummarySource source : sources) {
        SequenceTrack track = tracks.getOrDefault(source, SequenceTrack.START);
        Contribution contribution = window.contributions().get(source);
        SequenceNumbers seen = contribution == null ? SequenceNumbers.NONE : contribution.numbers();
        window.addMissing(
            source.site(), track.missing(seen, next.get(i).getOrDefault(source, -1L)));
        if (contribution != null) {
          SequenceTrack grown = track.add(contribution);
          tracks.put(source, grown);
          changed.add(source);
          after =
              after
                  .withScored(contribution.tokens())
                  .withClaimed(grown.claimedTokens() - track.claimedTokens());
        }
      }
    }
    changed.forEach(source -> state.put(source.key(model), tracks.get(source)));
    return after;
  }

  private static List<Map<SummarySource, Long>> numbersAfterEach(
      List<WindowMerge> closing, Map<SummarySource, Long> open) {
    List<Map<SummarySource, Long>> after = new ArrayList<>();
    Map<SummarySource, Long> later = new HashMap<>(open);
    for (int i = closing.size() - 1; i >= 0; i--) {
      after.add(0, Map.copyOf(later));
      closing
          .get(i)
          .contributions()
          .forEach((source, seen) -> later.merge(source, seen.numbers().first(), Math::min));
    }
    return after;
  }

  /** Of a source that has no track yet: takes it that all numbers below that one were seen. */
  void assumeSeenBelow(String model, SummarySource source, long number) {
    String key = source.key(model);
    if (number > 0 && state.get(key).isEmpty()) {
      state.put(key, SequenceTrack.seenBelow(number));
    }
  }

  /** Forgets an instance. */
  void forget(String model, String instance) {
    of(model).keySet().stream()
        .filter(source -> source.instance().equals(instance))
        .forEach(source -> state.delete(source.key(model)));
  }

  private Map<SummarySource, SequenceTrack> of(String model) {
    Map<SummarySource, SequenceTrack> tracks = new HashMap<>();
    state.forEach(
        model + '\0', model + '\1', (key, track) -> tracks.put(SummarySource.parse(key), track));
    return tracks;
  }
}
