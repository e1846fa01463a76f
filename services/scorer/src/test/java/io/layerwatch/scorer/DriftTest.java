package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Drift through the topology: windows of a minute, ten of which make a baseline. */
class DriftTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private ScorerHarness scorer = new ScorerHarness();
  private int minute;

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void driftIsPublishedAndShownUntilItIsOver() {
    minutes(10, 1, 1);
    assertThat(gauge("layerwatch_layer_drift", 0)).as("no baseline yet").isNaN();
    assertThat(learning()).isEqualTo(2);
    minutes(5, 1, 1);
    assertThat(gauge("layerwatch_layer_drift", 0)).isZero();
    assertThat(learning()).isZero();
    assertThat(scorer.drift.readValuesToList()).isEmpty();

    minutes(20, 1, 1.5);
    List<TestRecord<String, LayerDrift>> raised = scorer.drift.readRecordsToList();
    assertThat(raised).hasSize(1);
    assertThat(raised.get(0).key()).isEqualTo("demo@r1");
    LayerDrift drift = raised.get(0).value();
    assertThat(drift.layer()).isEqualTo(1);
    assertThat(drift.site()).isEqualTo("block-output");
    assertThat(drift.reason()).isEqualTo("AVSS is 1.50 times its baseline of 10 windows");
    assertThat(raised.get(0).timestamp()).isEqualTo(drift.windowEnd().toEpochMilli());
    assertThat(gauge("layerwatch_layer_drift", 1)).isEqualTo(1);
    assertThat(gauge("layerwatch_layer_drift_progress_ratio", 1)).isEqualTo(1);
    assertThat(gauge("layerwatch_layer_drift", 0)).isZero();
    assertThat(changes("raised")).isEqualTo(1);

    minutes(20, 1, 1);
    assertThat(scorer.drift.readValuesToList())
        .extracting(LayerDrift::raised)
        .containsExactly(false);
    assertThat(gauge("layerwatch_layer_drift", 1)).isZero();
    assertThat(changes("cleared")).isEqualTo(1);
  }

  @Test
  void aScorerThatTakesOverGoesOnWhereAnotherLeftOff() {
    minutes(14, 1, 1);
    minutes(2, 1, 0.8);
    takeOver();
    minutes(20, 1, 0.8);
    assertThat(scorer.drift.readValuesToList())
        .extracting(LayerDrift::reason)
        .containsExactly("AVSS is 0.80 times its baseline of 10 windows");
    assertThat(gauge("layerwatch_layer_drift", 1)).isEqualTo(-1);
    takeOver();
    minutes(20, 1, 1);
    assertThat(scorer.drift.readValuesToList())
        .extracting(LayerDrift::raised)
        .containsExactly(false);
  }

  @Test
  void eachSiteAndEachRevisionHasABaselineOfItsOwn() {
    minutes(15, 1, 1);
    for (int i = 0; i < 40; i++) {
      scorer.send(window(DEMO.at("other-site"), 1.5, 1.5));
      scorer.send(window(DEMO.ofModel("other"), 2, 2));
      minutes(1, 1, 1);
    }
    assertThat(scorer.drift.readValuesToList()).isEmpty();
  }

  @Test
  void activationsThatAreNoNumbersAreRaisedByTheirFirstWindow() {
    scorer.send(window(DEMO, 1, 1));
    LayerStatistics broken = statistics(1);
    scorer.send(
        DEMO.layer(
            0,
            60L * ++minute,
            10,
            new LayerStatistics(
                broken.tokens(),
                broken.sequences(),
                broken.moments(),
                7,
                broken.nearZero(),
                broken.pooledVarianceSum(),
                broken.cosineSum())));
    scorer.send(DEMO.layer(1, 60L * minute, 10, statistics(1)));
    minute++;
    minutes(3, 1, 1);
    assertThat(scorer.drift.readValuesToList())
        .extracting(LayerDrift::reason)
        .containsExactly("7 activations are no numbers");
    assertThat(
            scorer.metric(
                "layerwatch_layer_drift",
                "model",
                "demo",
                "revision",
                "r1",
                "site",
                "block-output",
                "layer",
                "0",
                "score",
                "non-finite"))
        .isEqualTo(1);
  }

  @Test
  void aModelWithFewerLayersShowsNoneOfTheOthers() {
    minutes(15, 1, 1);
    minutes(20, 1, 1.5);
    assertThat(gauge("layerwatch_layer_drift", 1)).isEqualTo(1);
    Summaries oneLayer = DEMO.withShape(new ModelShape(1, 10, 30, 10, 30));
    for (int i = 0; i < 3; i++) {
      scorer.send(oneLayer.layer(0, 60L * minute++, 10, statistics(1)));
    }
    assertThat(gauge("layerwatch_layer_drift", 1)).isNaN();
    assertThat(gauge("layerwatch_layer_drift_progress_ratio", 1)).isNaN();
    assertThat(scorer.drift.readValuesToList())
        .extracting(LayerDrift::raised)
        .containsExactly(true, false);
  }

  @Test
  void whatIsKnownOfAModelThatIsGoneIsForgotten() {
    minutes(15, 1, 1);
    assertThat(scorer.entries(DriftWatching.STATES)).isEqualTo(1);
    scorer.skip(50 * 3_600);
    assertThat(scorer.entries(DriftWatching.STATES)).isZero();
    assertThat(gauge("layerwatch_layer_drift", 0)).isNaN();
    assertThat(learning()).isNaN();
  }

  @Test
  void whatIsKnownOfASiteThatIsGoneIsForgottenWhileItsModelGoesOn() {
    scorer.close();
    scorer = new ScorerHarness(Instant.ofEpochSecond(15 * 60));
    for (int i = 0; i < 15; i++) {
      scorer.send(window(DEMO.at("other-site"), 1, 1));
      minutes(1, 1, 1);
    }
    assertThat(scorer.entries(DriftWatching.STATES)).isEqualTo(2);
    assertThat(learning("other-site")).isZero();

    for (int halfHour = 0; halfHour < 2 * 49; halfHour++) {
      scorer.skip(1_800);
      minute += 30;
      scorer.send(window(DEMO, 1, 1));
    }
    assertThat(scorer.entries(DriftWatching.STATES)).isEqualTo(1);
    assertThat(learning("other-site")).isNaN();
    assertThat(learning()).isZero();
  }

  private void takeOver() {
    ScorerHarness next = new ScorerHarness();
    next.restoreFrom(scorer);
    scorer.close();
    scorer = next;
  }

  /** Minutes in which both layers score that much, as factors. */
  private void minutes(int count, double first, double second) {
    for (int i = 0; i < count; i++) {
      scorer.send(window(DEMO, first, second));
      minute++;
    }
  }

  private ActivationSummary[] window(Summaries model, double first, double second) {
    return new ActivationSummary[] {
      model.layer(0, 60L * minute, 10, statistics(first)),
      model.layer(1, 60L * minute, 10, statistics(second))
    };
  }

  private static LayerStatistics statistics(double variance) {
    return new LayerStatistics(
        1_000,
        0,
        new Moments(4_000, 0, 4_000 * variance, -3, 3),
        0,
        new NearZeroLadder(new double[] {0.001, 0.01, 0.1}, new long[] {50, 400, 900}),
        0,
        900);
  }

  private double gauge(String name, int layer) {
    return scorer.metric(
        name,
        "model",
        "demo",
        "revision",
        "r1",
        "site",
        "block-output",
        "layer",
        Integer.toString(layer),
        "score",
        "avss");
  }

  private double learning() {
    return learning("block-output");
  }

  private double learning(String site) {
    return scorer.metric(
        "layerwatch_drift_learning_scores", "model", "demo", "revision", "r1", "site", site);
  }

  private double changes(String change) {
    return scorer.metric("layerwatch_scorer_drift_changes_total", "change", change);
  }
}
