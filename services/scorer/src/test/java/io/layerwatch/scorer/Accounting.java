package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.streams.test.TestRecord;

/**
 * Sends records one by one and holds each to exactly one fate: a dead letter that says where it
 * was, or one of the counters. From the survivors it works out what every model's ledger must say.
 */
final class Accounting {

  private static final Map<String, String> COUNTERS =
      Map.of(
          "accepted", "layerwatch_scorer_accepted_summaries_total",
          "late", "layerwatch_scorer_late_summaries_total",
          "duplicate", "layerwatch_scorer_duplicate_summaries_total");

  private final ScorerHarness scorer;
  private final String rerun;
  private final Map<String, Integer> fates = new TreeMap<>();
  private final Map<String, Tally> tallies = new TreeMap<>();
  private Map<String, Integer> counted;
  private long offset;

  /** What one model's survivors said. */
  private static final class Tally {
    private final Map<String, Long> tokens = new HashMap<>();
    private final Map<String, Long> claimed = new HashMap<>();
    private final Map<String, Long> seen = new HashMap<>();

    void add(String fate, ActivationSummary summary) {
      long own = summary.statistics().tokens();
      tokens.merge(fate, own, Long::sum);
      if (!fate.equals("duplicate")) {
        String source = SummarySource.of(summary).key("") + "/" + summary.layer();
        claimed.merge(source, summary.earlierTokens() + own, Math::max);
        seen.merge(source, own, Long::sum);
      }
    }

    long of(String fate) {
      return tokens.getOrDefault(fate, 0L);
    }

    /** An instance that was seen to say more than it claims has claimed that much. */
    long claimed() {
      return claimed.entrySet().stream()
          .mapToLong(source -> Math.max(source.getValue(), seen.get(source.getKey())))
          .sum();
    }
  }

  Accounting(ScorerHarness scorer, String rerun) {
    this.scorer = scorer;
    this.rerun = rerun;
    this.counted = counters();
  }

  /** Sends a record; returns its fate: accepted, late, duplicate or the reason of a rejection. */
  String send(String what, byte[] key, byte[] value) {
    String where = rerun + ", offset " + offset + ", " + what;
    try {
      scorer.rawInput.pipeInput(key, value);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("the stream stopped: " + where, e);
    }
    Map<String, Integer> before = counted;
    counted = counters();
    List<String> changed =
        counted.keySet().stream().filter(n -> !counted.get(n).equals(before.get(n))).toList();
    assertThat(changed).as(where).hasSize(1);
    String fate = changed.get(0);
    assertThat(counted.get(fate) - before.get(fate)).as(where).isEqualTo(1);
    var letters = scorer.rawRejected.readRecordsToList();
    if (COUNTERS.containsKey(fate)) {
      assertThat(letters).as(where).isEmpty();
      ActivationSummary summary = scorer.read(value);
      tallies.computeIfAbsent(summary.model().key(), m -> new Tally()).add(fate, summary);
    } else {
      assertThat(letters).as(where).hasSize(1);
      requireOrigin(where, letters.get(0), fate, key, value);
    }
    fates.merge(fate, 1, Integer::sum);
    offset++;
    return fate;
  }

  private void requireOrigin(
      String where, TestRecord<byte[], byte[]> letter, String reason, byte[] key, byte[] value) {
    assertThat(letter.key()).as(where).isEqualTo(key);
    assertThat(letter.value()).as(where).isEqualTo(value);
    Map<String, String> headers = new HashMap<>();
    letter.headers().forEach(h -> headers.put(h.key(), ScorerHarness.header(letter, h.key())));
    assertThat(headers)
        .as(where)
        .containsEntry("layerwatch.kind", reason)
        .containsEntry("layerwatch.origin.topic", scorer.topics.activationSummaries().name())
        .containsEntry("layerwatch.origin.partition", "0")
        .containsEntry("layerwatch.origin.offset", Long.toString(offset));
    assertThat(headers.get("layerwatch.reason")).as(where).isNotBlank().hasSizeLessThan(1_001);
  }

  private Map<String, Integer> counters() {
    Map<String, Integer> values = new HashMap<>();
    COUNTERS.forEach((fate, metric) -> values.put(fate, (int) scorer.metric(metric)));
    for (Kind kind : Kind.values()) {
      String reason = kind.name().toLowerCase(Locale.ROOT);
      double count = scorer.metric("layerwatch_scorer_rejected_records_total", "reason", reason);
      values.put(reason, (int) count);
    }
    return values;
  }

  /** How many records met that fate. */
  int count(String fate) {
    return fates.getOrDefault(fate, 0);
  }

  /** Once all windows are closed: what the ledgers say is what the survivors said. */
  void requireLedgers(List<ModelScores> published) {
    tallies.forEach(
        (model, tally) -> {
          String as = rerun + ", ledger of " + model;
          long scored = tally.of("accepted");
          assertThat(ledger(model, "waiting")).as(as).isZero();
          assertThat(ledger(model, "scored")).as(as).isEqualTo(scored);
          assertThat(ledger(model, "late")).as(as).isEqualTo(tally.of("late"));
          assertThat(ledger(model, "duplicate")).as(as).isEqualTo(tally.of("duplicate"));
          assertThat(ledger(model, "claimed")).as(as).isEqualTo(tally.claimed());
          assertThat(ledger(model, "missing"))
              .as(as)
              .isEqualTo(tally.claimed() - scored - tally.of("late"));
          assertThat(layerTokens(published, model)).as(as).isEqualTo(scored);
        });
  }

  private long ledger(String model, String entry) {
    String[] id = model.split("@", -1);
    return (long)
        scorer.metric(
            "layerwatch_scorer_ledger_layer_tokens",
            "model",
            id[0],
            "revision",
            id[1],
            "entry",
            entry);
  }

  private static long layerTokens(List<ModelScores> published, String model) {
    return published.stream()
        .filter(window -> window.model().key().equals(model))
        .flatMap(window -> window.layers().stream())
        .mapToLong(layer -> layer.statistics().tokens())
        .sum();
  }
}
