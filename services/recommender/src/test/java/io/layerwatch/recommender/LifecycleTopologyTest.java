package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal.OtherRanking;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.codec.EvaluationCodec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Measurements and reviews through the topology, with restarts in between. */
class LifecycleTopologyTest {

  private static final Windows DEMO = Windows.DEMO;
  private static final String VERIFIED =
      "verified: without layers [2] 95.0 ± 2.0 % of next-token accuracy is retained, perplexity × 1.11";

  private final List<RecommenderHarness> harnesses = new ArrayList<>();
  private RecommenderHarness recommender = started();

  @AfterEach
  void close() {
    harnesses.forEach(RecommenderHarness::close);
  }

  @Test
  void aCandidateIsVerifiedByItsMeasurement() {
    candidate();
    recommender.send(evaluation(DEMO.model(), 200, 0.95, 2));

    PruningRecommendation verified = recommender.recommendations.readValue();
    assertThat(verified.state().describe()).isEqualTo(VERIFIED);
    assertThat(verified.updatedAt()).as("of the windows").isEqualTo(Instant.ofEpochSecond(180));
    assertThat(verdicts("evaluation", "changed")).isEqualTo(1);
    assertThat(recommender.metric("layerwatch_recommendation_state", state("verified")))
        .isEqualTo(1);
    assertThat(recommender.metric("layerwatch_recommendation_state", state("candidate"))).isZero();
  }

  @Test
  void measurementsOfAnotherRevisionTwiceOrTooLateChangeNothing() {
    candidate();
    recommender.send(evaluation(new ModelId("demo", "r2"), 200, 0.95, 2));
    recommender.send(evaluation(DEMO.model(), 200, 0.95, 1));
    assertThat(recommender.advice()).isEmpty();
    recommender.send(evaluation(DEMO.model(), 200, 0.95, 2));
    assertThat(recommender.advice()).containsExactly(VERIFIED);
    recommender.send(evaluation(DEMO.model(), 200, 0.95, 2));
    recommender.send(DEMO.lowest(1, 4), DEMO.lowest(1, 5));
    assertThat(recommender.advice()).singleElement().asString().startsWith("withdrawn");
    recommender.send(evaluation(DEMO.model(), 300, 0.95, 2));
    assertThat(recommender.advice()).isEmpty();

    assertThat(verdicts("evaluation", "nothing_proposed")).isEqualTo(2);
    assertThat(verdicts("evaluation", "other_layers")).isEqualTo(1);
    assertThat(verdicts("evaluation", "known")).isEqualTo(1);
    assertThat(recommender.rejected.isEmpty()).isTrue();
  }

  @Test
  void everyStateOutlivesARestart() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2));
    restart("collecting");
    recommender.send(DEMO.lowest(2, 3));
    restart("candidate");
    recommender.send(evaluation(DEMO.model(), 200, 0.5, 2));
    restart("rejected");
    recommender.send(evaluation(DEMO.model(), 201, 0.95, 2));
    restart("verified");
    recommender.send(DEMO.lowest(2, 4));
    assertThat(recommender.advice()).containsExactly(VERIFIED);
    recommender.send(review(Decision.APPROVED));
    restart("verified");
    recommender.send(evaluation(DEMO.model(), 201, 0.95, 2));
    assertThat(verdicts("evaluation", "known")).isEqualTo(1);
    recommender.send(review(Decision.DISCARDED));
    restart("discarded");
    recommender.send(DEMO.lowest(2, 5), DEMO.lowest(3, 6));
    assertThat(recommender.advice()).isEmpty();
    recommender.send(DEMO.lowest(3, 7));
    assertThat(recommender.advice()).containsExactly("collecting: 2 of 3 windows");
    recommender.send(DEMO.lowest(3, 8), DEMO.lowest(1, 9), DEMO.lowest(1, 10));
    restart("withdrawn: layers [3]");
    recommender.send(DEMO.lowest(1, 11));
    assertThat(recommender.advice()).singleElement().asString().startsWith("candidate: layers [1]");
  }

  @Test
  void metricsForgetAModelThatIsServedNoMoreUntilItIsHeardAgain() {
    candidate();
    assertThat(shown("candidate")).isEqualTo(1);
    recommender.pass(Duration.ofHours(23));
    assertThat(shown("candidate")).isEqualTo(1);
    recommender.pass(Duration.ofHours(2));
    assertThat(shown("candidate")).isNaN();

    recommender.send(DEMO.lowest(2, 4));
    assertThat(shown("candidate")).as("advice stays").isEqualTo(1);
  }

  private double shown(String state) {
    return recommender.metric(
        "layerwatch_recommendation_state",
        "model",
        DEMO.model().name(),
        "revision",
        DEMO.model().revision(),
        "state",
        state);
  }

  @Test
  void aMeasurementOfNothingOrOfTheFutureIsADeadLetter() {
    candidate();
    recommender.send(gated(0.0));
    recommender.send(gated(1.5));
    recommender.send(evaluation(DEMO.model(), 99_999_999_999L, 0.95, 2));
    recommender.pipe(
        recommender.topics.pruningEvaluations(),
        "other@key",
        evaluation(DEMO.model(), 200, 0.95, 2));

    assertThat(recommender.advice()).isEmpty();
    assertThat(recommender.rejected.readKeyValuesToList()).hasSize(4);
    assertThat(
            recommender.metric(
                "layerwatch_recommender_rejected_records_total", "reason", "impossible"))
        .isEqualTo(3);
    assertThat(
            recommender.metric(
                "layerwatch_recommender_rejected_records_total", "reason", "wrong_key"))
        .isEqualTo(1);
  }

  /** As no codec of ours writes it. */
  @Test
  void aMeasurementWithFiguresThatCannotBeIsADeadLetterAndWorkGoesOn() {
    candidate();
    List<Consumer<io.layerwatch.schema.PruningEvaluation>> spoils =
        List.of(
            record -> record.setAccuracyRetainedError(Double.NaN),
            record -> record.setAccuracyRetainedError(-0.5),
            record -> record.getAttempts().get(0).setAccuracyRetainedError(Double.NaN),
            record -> record.getAttempts().get(0).setAccuracyRetained(Double.POSITIVE_INFINITY),
            record -> record.getAttempts().get(0).setDataset("\u001b[2J"),
            record -> record.setInstance("x".repeat(300)));
    for (Consumer<io.layerwatch.schema.PruningEvaluation> spoil : spoils) {
      var record = new EvaluationCodec().toAvro(evaluation(DEMO.model(), 200, 0.95, 2));
      spoil.accept(record);
      recommender.sendAsIs(recommender.topics.pruningEvaluations(), DEMO.model().key(), record);
    }
    var large = new EvaluationCodec().toAvro(evaluation(DEMO.model(), 200, 0.95, 2));
    large.setAttempts(Collections.nCopies(20_000, large.getAttempts().get(0)));
    recommender.sendAsIs(recommender.topics.pruningEvaluations(), DEMO.model().key(), large);

    assertThat(recommender.advice()).isEmpty();
    assertThat(recommender.rejected.readKeyValuesToList()).hasSize(spoils.size() + 1);
    assertThat(
            recommender.metric(
                "layerwatch_recommender_rejected_records_total", "reason", "impossible"))
        .isEqualTo(spoils.size());
    recommender.send(evaluation(DEMO.model(), 200, 0.95, 2));
    assertThat(recommender.advice()).containsExactly(VERIFIED);
  }

  @Test
  void aProposalNamesWhatOtherRankingsWouldPropose() {
    Windows output = DEMO.at("block-output");
    for (int minute = 1; minute <= 3; minute++) {
      recommender.send(output.lowest(1, minute), DEMO.lowest(2, minute));
    }
    // Nothing was prefilled, so nothing is pooled.
    PruningRecommendation last = recommender.recommendations.readValuesToList().get(2);
    assertThat(last.state().proposed().orElseThrow().others())
        .containsExactly(new OtherRanking("block-output", Ranking.AVSS, List.of(1), 0));
  }

  @Test
  void figuresBehindAdviceAreSeriesWhileItHasThem() {
    recommender.send(DEMO.lowest(2, 1));
    assertThat(figure("windows")).isEqualTo(1);
    assertThat(figure("required_windows")).isEqualTo(3);
    assertThat(figure("layer", "layer", "2")).isNaN();
    recommender.send(DEMO.lowest(2, 2), DEMO.lowest(2, 3));
    assertThat(figure("windows")).isEqualTo(3);
    assertThat(figure("layer", "layer", "2")).isEqualTo(1);
    assertThat(figure("parameters_ratio")).isEqualTo(0.1);
    assertThat(figure("compute_ratio")).isEqualTo(0.125);
    assertThat(figure("agreement_ratio", "site", DEMO.site(), "ranking", "block-influence"))
        .isZero();
    assertThat(figure("retained_accuracy_ratio")).isNaN();

    recommender.send(evaluation(DEMO.model(), 200, 0.95, 2));
    assertThat(figure("retained_accuracy_ratio")).isEqualTo(0.95);
    assertThat(figure("retained_accuracy_error_ratio")).isEqualTo(0.01);
    assertThat(figure("required_accuracy_ratio")).isEqualTo(0.9);
    assertThat(figure("perplexity_ratio")).isCloseTo(Math.exp(0.1), within(1e-12));

    recommender.send(DEMO.lowest(1, 4), DEMO.lowest(1, 5));
    assertThat(recommender.advice()).last().asString().startsWith("withdrawn");
    assertThat(figure("layer", "layer", "2")).isNaN();
    assertThat(figure("retained_accuracy_ratio")).isNaN();
    assertThat(figure("required_windows")).isEqualTo(3);
  }

  @Test
  void whatIsNotKnownIsNoSeriesAndARejectionAdvisesNoLayers() {
    candidate();
    PruningEvaluation good = evaluation(DEMO.model(), 200, 0.95, 2);
    recommender.send(withUnknownError(good));

    assertThat(recommender.advice()).last().asString().startsWith("rejected");
    assertThat(figure("retained_accuracy_ratio")).isEqualTo(0.95);
    assertThat(figure("retained_accuracy_error_ratio")).isNaN();
    assertThat(figure("layer", "layer", "2")).isNaN();
    assertThat(figure("windows")).isEqualTo(3);
  }

  @Test
  void noSeriesOfAdviceIsLeftOnceItsPartitionHasMoved() {
    candidate();
    recommender.send(evaluation(DEMO.model(), 200, 0.95, 2));
    harnesses.remove(recommender);
    recommender.close();
    assertThat(
            recommender
                .metrics
                .scrape(name -> name.startsWith("layerwatch_recommendation_"))
                .stream()
                .mapToInt(family -> family.getDataPoints().size())
                .sum())
        .isZero();
  }

  private double figure(String name, String... labels) {
    return recommender.metric(
        "layerwatch_recommendation_" + name,
        Stream.concat(Stream.of("model", "demo", "revision", "r1"), Stream.of(labels))
            .toArray(String[]::new));
  }

  private static PruningEvaluation withUnknownError(PruningEvaluation known) {
    PruningEffect effect = known.effect().withUnknownError();
    return new PruningEvaluation(
        known.model(),
        known.candidate(),
        effect,
        List.of(Attempt.of(effect, known.dataset())),
        known.gate(),
        known.dataset(),
        known.instance(),
        known.evaluatedAt());
  }

  private void candidate() {
    recommender.send(DEMO.lowest(2, 1), DEMO.lowest(2, 2), DEMO.lowest(2, 3));
    assertThat(recommender.advice()).last().asString().startsWith("candidate: layers [2]");
  }

  /** Goes on in a new process with what the changelogs hold. */
  private void restart(String expected) {
    assertThat(recommender.advice()).last().asString().startsWith(expected);
    RecommenderHarness before = recommender;
    recommender = started();
    recommender.restoreFrom(before);
  }

  private RecommenderHarness started() {
    RecommenderHarness harness = new RecommenderHarness();
    harnesses.add(harness);
    return harness;
  }

  private double verdicts(String kind, String outcome) {
    return recommender.metric(
        "layerwatch_recommender_verdicts_total", "kind", kind, "outcome", outcome);
  }

  private static String[] state(String state) {
    return new String[] {"model", "demo", "revision", "r1", "state", state};
  }

  private static PruningEvaluation evaluation(
      ModelId model, long second, double retained, Integer... layers) {
    PruningEffect effect =
        new PruningEffect(
            List.of(layers),
            new LanguageModeling(3, 100, 1.5, 0.5),
            new LanguageModeling(3, 100, 1.6, retained * 0.5),
            0.8,
            0.1,
            0.01);
    return new PruningEvaluation(
        model,
        List.of(layers),
        effect,
        List.of(Attempt.of(effect, "text")),
        0.9,
        "text",
        "host",
        Instant.ofEpochSecond(second));
  }

  private static PruningEvaluation gated(double gate) {
    PruningEvaluation good = evaluation(DEMO.model(), 200, 0.95, 2);
    return new PruningEvaluation(
        good.model(),
        good.candidate(),
        good.effect(),
        good.attempts(),
        gate,
        good.dataset(),
        good.instance(),
        good.evaluatedAt());
  }

  private static PruningReview review(Decision decision) {
    return new PruningReview(
        DEMO.model(), List.of(2), decision, "ann", "", Instant.ofEpochSecond(250));
  }
}
