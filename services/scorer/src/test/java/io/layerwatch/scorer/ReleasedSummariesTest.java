package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.testing.ReleasedRecords;
import io.layerwatch.runtime.testing.ReleasedSchemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Summaries as releases wrote them, replayed through today's topology. */
class ReleasedSummariesTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private final ScorerHarness scorer = new ScorerHarness();
  private final Numbering numbers = new Numbering();

  static List<String> versions() {
    return ReleasedSchemas.versions();
  }

  @AfterEach
  void close() {
    assertThat(scorer.reasons()).isEmpty();
    scorer.close();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void theirScoresAreWorkedByHand(String version) {
    // −2, 0, 0, 2 twice: variance 2, half of it near zero, AVSS 4; the other layer at twice that.
    for (int second : List.of(0, 10)) {
      send(version, summary(0, second, -2, 0, 0, 2), summary(1, second, -4, 0, 0, 4));
    }
    send(version, summary(0, 70, 1), summary(1, 70, 1));

    ModelScores scores = scorer.scores.readValue();
    assertThat(scores.incompleteReason()).isEmpty();
    assertThat(scores.model()).isEqualTo(DEMO.model());
    assertThat(scores.shape()).isEqualTo(DEMO.shape());
    assertThat(scores.tokens()).isEqualTo(2);
    assertThat(scores.layers())
        .extracting(layer -> layer.avss().score().orElseThrow())
        .containsExactly(4.0, 16.0);
    assertThat(scores.layers())
        .extracting(layer -> layer.normalizedAvss().orElseThrow())
        .containsExactly(0.2, 0.8);
    assertThat(scores.layers())
        .extracting(layer -> layer.statistics().blockInfluence().orElseThrow())
        .containsExactly(0.5, 0.5);
    assertThat(ledger("claimed", "scored", "late", "missing", "duplicate", "waiting"))
        .containsExactly(4.0, 4.0, 0.0, 0.0, 0.0, 2.0);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void oneInstanceOfItBesideOneOfToday(String version) {
    send(version, DEMO.both(0, 10));
    scorer.send(DEMO.from("host-2").both(0, 7));
    send(version, DEMO.both(70, 5));
    scorer.send(DEMO.from("host-2").both(70, 1));

    ModelScores scores = scorer.scores.readValue();
    assertThat(scores.incompleteReason()).isEmpty();
    assertThat(scores.tokens()).isEqualTo(17);
    assertThat(scores.instances()).containsExactly("host-1", "host-2");
    assertThat(ledger("claimed", "scored", "missing", "waiting"))
        .containsExactly(34.0, 34.0, 0.0, 12.0);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void lateOnesAndDuplicatesAreTold(String version) {
    ActivationSummary[] first = number(DEMO.both(0, 10));
    ActivationSummary[] late = number(DEMO.both(10, 7));
    sendAsIs(version, first);
    send(version, DEMO.both(60, 0));
    send(version, DEMO.both(70, 5));
    sendAsIs(version, late);
    sendAsIs(version, first);

    assertThat(scorer.scores.readValue().sources().missingSummaries()).isEqualTo(2);
    assertThat(ledger("claimed", "scored", "late", "missing", "duplicate", "waiting"))
        .containsExactly(34.0, 20.0, 14.0, 0.0, 20.0, 10.0);
  }

  /** They number their summaries, but do not say what they held. */
  @Test
  void aLossOfThe010sIsTheWindowsAndNotTheLedgers() {
    send("0.1.0", DEMO.both(0, 10));
    number(DEMO.both(10, 7));
    send("0.1.0", DEMO.both(20, 20));
    send("0.1.0", DEMO.both(70, 5));

    ModelScores scores = scorer.scores.readValue();
    assertThat(scores.incompleteReason()).contains("2 summaries missing");
    assertThat(ledger("claimed", "scored", "late", "missing", "waiting"))
        .containsExactly(60.0, 60.0, 0.0, 0.0, 10.0);
  }

  private void send(String version, ActivationSummary... summaries) {
    sendAsIs(version, number(summaries));
  }

  private ActivationSummary[] number(ActivationSummary... summaries) {
    return Stream.of(summaries).map(numbers::next).toArray(ActivationSummary[]::new);
  }

  private void sendAsIs(String version, ActivationSummary... summaries) {
    Schema schema = ReleasedSchemas.of(version).get("ActivationSummary");
    String topic = scorer.topics.activationSummaries().name();
    for (ActivationSummary summary : summaries) {
      scorer.input.pipeInput(
          "demo@r1", ReleasedRecords.bytes(ScorerHarness.REGISTRY, topic, schema, fields(summary)));
    }
  }

  private List<Double> ledger(String... entries) {
    scorer.pass(1);
    return Stream.of(entries).map(scorer::ledger).toList();
  }

  private static ActivationSummary summary(int layer, int second, double... activations) {
    double[] ladder = {0.001, 0.01};
    LayerStatistics statistics =
        new LayerStatistics(
            1, 0, Moments.of(activations), 0, NearZeroLadder.of(ladder, activations), 0, 0.5);
    return DEMO.layer(layer, second, 10, statistics);
  }

  /** Every field by its name on the wire, not by today's codec. */
  private static Map<String, Object> fields(ActivationSummary summary) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("model", summary.model().name());
    fields.put("revision", summary.model().revision());
    fields.put("site", summary.site());
    fields.put("layer", summary.layer());
    fields.put("layerCount", summary.shape().layerCount());
    fields.put("parameters", summary.shape().layerParameters());
    fields.put("modelParameters", summary.shape().modelParameters());
    fields.put("multiplyAdds", summary.shape().layerMultiplyAdds());
    fields.put("modelMultiplyAdds", summary.shape().modelMultiplyAdds());
    fields.put("instance", summary.instance());
    fields.put("sequenceNumber", summary.sequenceNumber());
    fields.put("earlierTokens", summary.earlierTokens());
    fields.put("intervalStart", summary.interval().start().toEpochMilli());
    fields.put("intervalMillis", summary.interval().size().toMillis());
    LayerStatistics statistics = summary.statistics();
    fields.put("tokens", statistics.tokens());
    fields.put("sequences", statistics.sequences());
    fields.put("count", statistics.moments().count());
    fields.put("mean", statistics.moments().mean());
    fields.put("m2", statistics.moments().m2());
    fields.put("min", statistics.moments().min());
    fields.put("max", statistics.moments().max());
    fields.put("nonFinite", statistics.nonFinite());
    fields.put("pooledVarianceSum", statistics.pooledVarianceSum());
    fields.put("cosineSum", statistics.cosineSum());
    NearZeroLadder ladder = statistics.nearZero();
    fields.put(
        "nearZero",
        IntStream.range(0, ladder.size())
            .mapToObj(
                rung -> Map.of("threshold", ladder.threshold(rung), "count", ladder.count(rung)))
            .toList());
    return fields;
  }
}
