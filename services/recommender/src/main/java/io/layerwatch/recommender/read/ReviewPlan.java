package io.layerwatch.recommender.read;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A review as the command line says it, checked.
 *
 * @param settings of the process
 * @param review without layers where those of the recommendation are meant
 * @param timeout how long all of it may take
 */
record ReviewPlan(Settings settings, PruningReview review, Duration timeout) {

  /** What the command line says, as it says it. */
  record Given(
      String model,
      List<Integer> layers,
      Decision decision,
      String reviewer,
      String comment,
      String timeout) {}

  /**
   * Checks everything.
   *
   * @throws InvalidSettingsException listing every problem
   */
  static ReviewPlan of(Given given, Supplier<Settings> settings, Instant now) {
    List<String> problems = new ArrayList<>();
    Optional<Settings> loaded = Problems.gather(problems, settings);
    Optional<ModelId> model = Problems.model(problems, given.model());
    Optional<Duration> timeout = Waiting.timeout(problems, given.timeout());
    Optional<PruningReview> review =
        review(given, model.orElse(new ModelId("any", "any")), now, problems);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new ReviewPlan(loaded.orElseThrow(), review.orElseThrow(), timeout.orElseThrow());
  }

  private static Optional<PruningReview> review(
      Given given, ModelId model, Instant now, List<String> problems) {
    try {
      return Optional.of(
          new PruningReview(
              model,
              given.layers().stream().sorted().distinct().toList(),
              given.decision(),
              given.reviewer(),
              given.comment(),
              now));
    } catch (IllegalArgumentException e) {
      problems.add("--" + e.getMessage());
      return Optional.empty();
    }
  }

  /** The review of this recommendation. */
  PruningReview reviewOf(PruningRecommendation current) {
    return review.layers().isEmpty()
        ? new PruningReview(
            review.model(),
            current.state().layers(),
            review.decision(),
            review.reviewer(),
            review.comment(),
            review.reviewedAt())
        : review;
  }
}
