package io.layerwatch.standalone.terminal;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.evaluation.Retained;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal;
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
