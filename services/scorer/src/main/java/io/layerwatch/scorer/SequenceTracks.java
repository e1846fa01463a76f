package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.scorer.state.OrderedState;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * The tracks of all sources, layer by layer: what finds summaries that are missing or came twice.
 */
final class SequenceTracks {

  private final OrderedState<String, ByLayer<SequenceTrack>> state;

  SequenceTracks(OrderedState<String, ByLayer<SequenceTrack>> state) {
    this.state = state;
  }

  /** Takes a late summary in; returns the ledger with it, or nothing when it was seen before. */
  Optional<Ledger> addLate(String model, ActivationSummary summary, Ledger ledger) {
    String key = SummarySource.of(summary).key(model);
    ByLayer<SequenceTrack> tracks = state.get(key).orElseGet(ByLayer::new);
    SequenceTrack before = tracks.get(summary.layer()).orElse(SequenceTrack.START);
    if (before.numbers().contains(summary.sequenceNumber())) {
      return Optional.empty();
    }
    SequenceTrack after = before.addLate(summary);
    tracks.put(summary.layer(), after);
    state.put(key, tracks);
    return Optional.of(
        ledger
            .withLate(summary.statistics().tokens())
            .withClaimed(after.claimedTokens() - before.claimedTokens()));
  }

  /**
   * Takes closing windows in, and tells each what it lacks.
   *
   * @param closing oldest first
   * @param open the lowest numbers of each source in windows that stay open
   * @return the ledger with them
   */
  Ledger addClosing(
      String model,
      List<WindowMerge> closing,
      Map<SummarySource, LowestNumbers> open,
      Ledger ledger) {
    Map<SummarySource, ByLayer<SequenceTrack>> tracks = of(model);
    List<Map<SummarySource, LowestNumbers>> next = numbersAfterEach(closing, open);
    Set<SummarySource> changed = new HashSet<>();
    Ledger after = ledger;
    for (int i = 0; i < closing.size(); i++) {
      WindowMerge window = closing.get(i);
      Set<SummarySource> sources = new HashSet<>(tracks.keySet());
      sources.addAll(window.reports().keySet());
      sources.addAll(next.get(i).keySet());
      for (SummarySource source : sources) {
        ByLayer<SequenceTrack> own = tracks.computeIfAbsent(source, unknown -> new ByLayer<>());
        LowestNumbers later = next.get(i).getOrDefault(source, LowestNumbers.NONE);
        after = addClosing(window, source, own, later, after);
      }
      changed.addAll(window.reports().keySet());
    }
    changed.forEach(source -> state.put(source.key(model), tracks.get(source)));
    return after;
  }

  private static Ledger addClosing(
      WindowMerge window,
      SummarySource source,
      ByLayer<SequenceTrack> tracks,
      LowestNumbers later,
      Ledger ledger) {
    ByLayer<Contribution> contributions = window.contributions(source);
    int layers = Math.max(Math.max(tracks.end(), contributions.end()), later.end());
    Ledger after = ledger;
    for (int layer = 0; layer < layers; layer++) {
      SequenceTrack track = tracks.get(layer).orElse(SequenceTrack.START);
      Optional<Contribution> contribution = contributions.get(layer);
      SequenceNumbers seen = contribution.map(Contribution::numbers).orElse(SequenceNumbers.NONE);
      window.addMissing(source.site(), track.missing(seen, later.of(layer)));
      if (contribution.isPresent()) {
        SequenceTrack grown = track.add(contribution.get());
        tracks.put(layer, grown);
        after =
            after
                .withScored(contribution.get().tokens())
                .withClaimed(grown.claimedTokens() - track.claimedTokens());
      }
    }
    return after;
  }

  private static List<Map<SummarySource, LowestNumbers>> numbersAfterEach(
      List<WindowMerge> closing, Map<SummarySource, LowestNumbers> open) {
    List<Map<SummarySource, LowestNumbers>> after = new ArrayList<>();
    Map<SummarySource, LowestNumbers> later = open;
    after.add(later);
    for (int i = closing.size() - 1; i > 0; i--) {
      later = copy(later);
      for (WindowReport report : closing.get(i).reports().values()) {
        later.computeIfAbsent(report.source(), none -> new LowestNumbers()).take(report);
      }
      after.add(0, later);
    }
    return after;
  }

  private static Map<SummarySource, LowestNumbers> copy(Map<SummarySource, LowestNumbers> lowest) {
    Map<SummarySource, LowestNumbers> copy = new HashMap<>();
    lowest.forEach((source, numbers) -> copy.put(source, numbers.copy()));
    return copy;
  }

  /** Of a layer that has no track yet: takes it that all numbers below that one were seen. */
  void assumeSeenBelow(String model, SummarySource source, int layer, long number) {
    String key = source.key(model);
    ByLayer<SequenceTrack> tracks = state.get(key).orElseGet(ByLayer::new);
    if (number > 0 && tracks.get(layer).isEmpty()) {
      tracks.put(layer, SequenceTrack.seenBelow(number));
      state.put(key, tracks);
    }
  }

  /** Forgets an instance. */
  void forget(String model, String instance) {
    List<String> forgotten = new ArrayList<>();
    state.forEach(
        StoreKeys.first(model, instance),
        StoreKeys.end(model, instance),
        (key, tracks) -> forgotten.add(key));
    forgotten.forEach(state::delete);
  }

  private Map<SummarySource, ByLayer<SequenceTrack>> of(String model) {
    Map<SummarySource, ByLayer<SequenceTrack>> tracks = new HashMap<>();
    state.forEach(
        StoreKeys.first(model),
        StoreKeys.end(model),
        (key, own) -> tracks.put(SummarySource.parse(key), own));
    return tracks;
  }

  static Serde<ByLayer<SequenceTrack>> serde() {
    return Serdes.serdeFrom((topic, tracks) -> write(tracks), (topic, bytes) -> read(bytes));
  }

  private static byte[] write(ByLayer<SequenceTrack> tracks) {
    int[] size = {0};
    tracks.forEach((layer, track) -> size[0] += Short.BYTES + track.encodedSize());
    ByteBuffer buffer = ByteBuffer.allocate(size[0]);
    tracks.forEach((layer, track) -> track.writeTo(buffer.putShort((short) layer)));
    return buffer.array();
  }

  private static ByLayer<SequenceTrack> read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    ByLayer<SequenceTrack> tracks = new ByLayer<>();
    while (buffer.hasRemaining()) {
      tracks.put(buffer.getShort(), SequenceTrack.readFrom(buffer));
    }
    return tracks;
  }
}
