package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ActivationSummary;
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
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.PruningProposal.OtherRanking;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Discarded;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.TreeMap;

/** Values with every field drawn at random, from a seed. */
final class Generated {

  private final Random random;

  Generated(long seed) {
    this.random = new Random(seed);
  }

  ActivationSummary summary() {
    int layers = 1 + random.nextInt(100);
    return new ActivationSummary(
        model(),
        shape(layers),
        "site-" + random.nextInt(9),
        random.nextInt(layers),
        "host-" + random.nextInt(9),
        random.nextLong(Long.MAX_VALUE),
        random.nextLong(Long.MAX_VALUE),
        window(),
        random.nextInt(5) == 0 ? LayerStatistics.empty(1e-3, 0.5) : statistics());
  }

  ModelScores scores() {
    int layers = 1 + random.nextInt(5);
    TreeMap<Integer, LayerStatistics> statistics = new TreeMap<>();
    for (int layer = 0; layer < layers; layer++) {
      if (random.nextInt(8) > 0) {
        statistics.put(layer, statistics());
      }
    }
    return ModelScores.of(
        model(),
        statistics.isEmpty() ? new ModelShape(layers, 0, 9, 0, 9) : shape(layers),
        "site",
        window(),
        new Sources(
            List.of("a", "b"), random.nextBoolean() ? List.of() : List.of("c"), random.nextInt(3)),
        0.5,
        statistics);
  }

  PruningRecommendation recommendation() {
    RecommendationState state =
        switch (random.nextInt(6)) {
          case 0 -> new Collecting(random.nextInt(10), 10, "why " + random.nextInt(9));
          case 1 -> new Candidate(proposal());
          case 2 ->
              new Verified(
                  proposal(),
                  evaluation(),
                  random.nextBoolean() ? Optional.empty() : Optional.of(review()));
          case 3 -> new Rejected(proposal(), evaluation());
          case 4 ->
              new Discarded(
                  proposal(),
                  random.nextBoolean() ? Optional.of(evaluation()) : Optional.empty(),
                  review());
          default -> new Withdrawn(proposal(), List.of(2), "why " + random.nextInt(9));
        };
    Ranking[] rankings = Ranking.values();
    return new PruningRecommendation(
        model(), window().end(), "site", rankings[random.nextInt(rankings.length)], 12, 10, state);
  }

  PruningEvaluation evaluation() {
    return new PruningEvaluation(
        model(),
        List.of(1, 2),
        new PruningEffect(
            random.nextBoolean() ? List.of(1, 2) : List.of(2),
            new LanguageModeling(9, 1_000, random.nextDouble(), random.nextDouble()),
            new LanguageModeling(9, 1_000, random.nextDouble(), random.nextDouble()),
            random.nextDouble(),
            random.nextDouble(),
            error()),
        List.of(attempt(List.of(1, 2)), attempt(List.of(2))),
        random.nextDouble(),
        "data " + random.nextInt(9),
        "host-" + random.nextInt(9),
        window().end());
  }

  LayerDrift drift() {
    return new LayerDrift(
        model(),
        "site",
        random.nextInt(9),
        "avss",
        random.nextBoolean(),
        window().end(),
        random.nextDouble(),
        random.nextDouble(),
        random.nextGaussian(),
        random.nextDouble(),
        "why");
  }

  private Attempt attempt(List<Integer> layers) {
    return new Attempt(
        layers,
        "data " + random.nextInt(9),
        new Retained(random.nextDouble(), error()),
        random.nextDouble());
  }

  private double error() {
    return random.nextBoolean() ? random.nextDouble() : Double.POSITIVE_INFINITY;
  }

  PruningReview review() {
    return new PruningReview(
        model(),
        List.of(1, 2),
        random.nextBoolean() ? Decision.APPROVED : Decision.DISCARDED,
        "reviewer " + random.nextInt(9),
        random.nextBoolean() ? "" : "why",
        window().end());
  }

  PruningProposal proposal() {
    List<LayerEvidence> evidence = new ArrayList<>();
    for (int layer = 0; layer < 3; layer++) {
      evidence.add(
          new LayerEvidence(
              layer,
              random.nextDouble(),
              random.nextDouble(),
              random.nextBoolean()
                  ? OptionalDouble.empty()
                  : OptionalDouble.of(random.nextDouble()),
              random.nextBoolean()));
    }
    return new PruningProposal(
        List.of(1, 2),
        List.of(0),
        evidence,
        List.of(2),
        random.nextDouble(),
        List.of(new OtherRanking("site", Ranking.POOLED_AVSS, List.of(0, 2), random.nextDouble())),
        1 + random.nextInt(20),
        window(),
        random.nextLong(1_000_000),
        random.nextLong(1_000_000),
        random.nextDouble(),
        random.nextDouble());
  }

  private ModelId model() {
    return new ModelId("model@" + random.nextInt(99), "r" + random.nextInt(99));
  }

  private ModelShape shape(int layers) {
    long parameters = random.nextLong(1_000_000);
    long multiplyAdds = random.nextLong(1_000_000);
    return new ModelShape(
        layers,
        parameters,
        parameters + random.nextLong(1_000_000),
        multiplyAdds,
        multiplyAdds + random.nextLong(1_000_000));
  }

  private TimeWindow window() {
    return TimeWindow.of(
        Instant.ofEpochMilli(random.nextLong(4_000_000_000_000L)),
        Duration.ofMillis(1 + random.nextInt(100_000)));
  }

  private LayerStatistics statistics() {
    long count = 1 + random.nextLong(1L << 40);
    long below = random.nextLong(count);
    double min = random.nextGaussian();
    long tokens = 1 + random.nextLong(1 << 20);
    return new LayerStatistics(
        tokens,
        1 + random.nextInt((int) Math.min(99, tokens)),
        new Moments(
            count,
            random.nextGaussian(),
            random.nextDouble() * count,
            min,
            min + random.nextDouble()),
        random.nextInt(9),
        new NearZeroLadder(
            new double[] {1e-3, 0.5}, new long[] {random.nextLong(below + 1), below}),
        random.nextDouble(),
        tokens * (0.1 + 0.9 * random.nextDouble()));
  }
}
