package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.evaluation.Retained;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.OtherRanking;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Windows and advice to show. */
final class Examples {

  static final String SITE = "relative-contribution";
  private static final ModelId MODEL = new ModelId("demo", "r1");
  private static final TimeWindow WINDOW =
      TimeWindow.of(Instant.parse("2026-01-01T12:00:00Z"), Duration.ofSeconds(5));

  private Examples() {}

  /** A window in which nothing was served. */
  static ModelScores silence(int layerCount) {
    TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int layer = 0; layer < layerCount; layer++) {
      layers.put(layer, LayerStatistics.empty(new double[] {0.01}));
    }
    return scores(SITE, layers);
  }

  /** A window so many windows later than the first, at the usual site. */
  static ModelScores later(int windows, long tokens, double... avss) {
    ModelScores first = window(SITE, tokens, avss);
    Duration after = WINDOW.size().multipliedBy(windows);
    return new ModelScores(
        first.model(),
        first.shape(),
        first.site(),
        new TimeWindow(WINDOW.start().plus(after), WINDOW.end().plus(after)),
        first.sources(),
        first.sparsityThreshold(),
        first.layers());
  }

  /** A window of layers with that AVSS each: 1,000 activations, a tenth near zero. */
  static ModelScores window(String site, long tokens, double... avss) {
    TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int layer = 0; layer < avss.length; layer++) {
      layers.put(
          layer,
          new LayerStatistics(
              tokens,
              0,
              new Moments(1_000, 0, 100 * avss[layer], -9, 9),
              layer == 1 ? 3 : 0,
              new NearZeroLadder(new double[] {0.01}, new long[] {100}),
              0,
              0.75 * tokens));
    }
    return scores(site, layers);
  }

  /** A window of two layers of a model that has more. */
  static ModelScores lacking(String model, int layerCount) {
    ModelScores whole = window(SITE, 500, 1, 2);
    return ModelScores.of(
        new ModelId(model, "r1"),
        new ModelShape(layerCount, 10, 1_000, 5, 400),
        SITE,
        WINDOW,
        Sources.complete(List.of("host-1")),
        0.01,
        new TreeMap<>(Map.of(0, statistics(whole, 0), 1, statistics(whole, 1))));
  }

  private static LayerStatistics statistics(ModelScores scores, int layer) {
    return scores.layers().get(layer).statistics();
  }

  private static ModelScores scores(String site, SortedMap<Integer, LayerStatistics> layers) {
    return ModelScores.of(
        MODEL,
        new ModelShape(layers.size(), 10, 100, 5, 40),
        site,
        WINDOW,
        Sources.complete(List.of("host-1")),
        0.01,
        layers);
  }

  static PruningRecommendation advice(RecommendationState state) {
    return new PruningRecommendation(MODEL, WINDOW.end(), SITE, Ranking.AVSS, 4, 10, state);
  }

  static PruningProposal proposal() {
    return new PruningProposal(
        List.of(1),
        List.of(),
        List.of(),
        List.of(2),
        0,
        List.of(),
        10,
        WINDOW,
        5_000,
        10,
        0.1,
        0.125);
  }

  /** AVSS that rose by half, or came back. */
  static LayerDrift drift(int layer, boolean raised) {
    return new LayerDrift(
        MODEL,
        SITE,
        layer,
        "avss",
        raised,
        WINDOW.end(),
        1.5,
        1,
        0.4,
        0.1,
        "AVSS is 1.50 times its baseline of 12 windows");
  }

  /** The same, and another text on which more is retained. */
  static PruningEvaluation evaluationOfTwoTexts(double gate) {
    PruningEvaluation one = evaluation(gate);
    return new PruningEvaluation(
        one.model(),
        one.candidate(),
        one.effect(),
        List.of(
            one.attempts().get(0),
            new Attempt(List.of(1), "other.txt", new Retained(0.95, 0.005), 1.2)),
        gate,
        one.dataset(),
        one.instance(),
        one.evaluatedAt());
  }

  /** Three layers of twelve, measured, with everything that stands behind advice. */
  static RecommendationState verified() {
    return verified(List.of(4, 6, 7));
  }

  static RecommendationState verified(List<Integer> layers) {
    List<OtherRanking> others =
        List.of(
            new OtherRanking("block-contribution", Ranking.AVSS, List.of(2, 3, 4), 0.2),
            new OtherRanking("block-contribution", Ranking.POOLED_AVSS, List.of(2, 3, 4), 0.2),
            new OtherRanking("block-output", Ranking.AVSS, List.of(0, 1, 2), 0),
            new OtherRanking("block-output", Ranking.POOLED_AVSS, List.of(0, 1, 2), 0),
            new OtherRanking(SITE, Ranking.POOLED_AVSS, List.of(4, 7, 8), 0.5));
    PruningProposal proposal =
        new PruningProposal(
            layers, List.of(), List.of(), layers, 1, others, 10, WINDOW, 97_036, 10, 0.246, 0.246);
    PruningEffect effect =
        new PruningEffect(
            layers,
            new LanguageModeling(9, 2_905, 1.8, 0.505),
            new LanguageModeling(9, 2_905, 1.7, 0.533),
            0.83,
            0.1,
            0.01);
    PruningEvaluation evaluation =
        new PruningEvaluation(
            MODEL,
            layers,
            effect,
            List.of(Attempt.of(effect, "evaluation.jsonl")),
            0.9,
            "evaluation.jsonl sha256:0cd5ef72ccb0",
            "host-1",
            WINDOW.end());
    return new RecommendationState.Verified(proposal, evaluation, Optional.empty());
  }

  /** Of 1,000 tokens; half of them are predicted, and nine in ten of those without layer 1. */
  static PruningEvaluation evaluation(double gate) {
    PruningEffect effect =
        new PruningEffect(
            List.of(1),
            new LanguageModeling(9, 1_000, 1, 0.5),
            new LanguageModeling(9, 1_000, 1.5, 0.45),
            0.8,
            0.25,
            0.01);
    return new PruningEvaluation(
        MODEL,
        List.of(1),
        effect,
        List.of(Attempt.of(effect, "text.jsonl")),
        gate,
        "text.jsonl",
        "host-1",
        WINDOW.end());
  }
}
