package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.scorer.DriftSettings;
import io.layerwatch.scorer.ScorerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thread's rate at every point, in turns. At each it works off whole windows, and is not timed
 * before drift has its baselines, as it has them in production but for a model's first hour.
 *
 * @param flush interval of all instances
 * @param summaries that are timed at each point, rounded up to whole windows
 * @param rounds after one that nobody counts
 */
record GrowthRates(List<GrowthPoint> points, Duration flush, long summaries, int rounds) {

  /** The fewest windows of which a baseline can be, in which each instance flushes once. */
  static final int BASELINE_WINDOWS = 10;

  /** So that these have closed: windows wait for their grace. */
  private static final int WINDOWS_BEFORE = BASELINE_WINDOWS + 4;

  /** Settings that let drift have its baselines early, and never find any. */
  static final Map<String, String> EARLY_BASELINE =
      Map.of(
          DriftSettings.BASELINE_WINDOWS,
          Integer.toString(BASELINE_WINDOWS),
          DriftSettings.SHIFT,
          "10");

  /**
   * What was measured at a point, one value a round.
   *
   * @param closingMicros pause for each entry of a window that closes
   */
  record Result(GrowthPoint point, List<Pass> passes, List<Double> closingMicros) {

    static Result of(GrowthPoint point) {
      return new Result(point, new ArrayList<>(), new ArrayList<>());
    }
  }

  List<Result> run(Laboratory home) {
    Map<GrowthPoint, Laboratory> backlogs = new LinkedHashMap<>();
    List<Result> results = points.stream().map(Result::of).toList();
    try {
      points.forEach(point -> backlogs.put(point, backlog(home, point)));
      for (GrowthPoint point : points) {
        measure(Result.of(point), "warm-up", backlogs);
      }
      for (int round = 1; round <= rounds; round++) {
        for (Result result : results) {
          measure(result, Integer.toString(round), backlogs);
        }
      }
    } finally {
      backlogs.values().forEach(Laboratory::close);
    }
    return results;
  }

  private Laboratory backlog(Laboratory home, GrowthPoint point) {
    Laboratory laboratory = new Laboratory(home, point.name() + ".");
    Fleet fleet = point.fleet();
    long timed = windows(point) * flushesOfWindow(point) + 1;
    Duration span = point.window().multipliedBy(WINDOWS_BEFORE).plus(flush.multipliedBy(timed));
    Instant from = TimeWindow.of(Instant.now().minus(span), Duration.ofHours(1)).start();
    for (long number = 0; number < WINDOWS_BEFORE + timed; number++) {
      laboratory.publish(fleet, new TimeWindow(from, from.plus(flush)), number);
      from = from.plus(number < WINDOWS_BEFORE ? point.window() : flush);
    }
    return laboratory;
  }

  private long flushesOfWindow(GrowthPoint point) {
    return point.window().dividedBy(flush);
  }

  private long windows(GrowthPoint point) {
    return 1 + (summaries - 1) / (flushesOfWindow(point) * point.fleet().sources());
  }

  private void measure(Result result, String round, Map<GrowthPoint, Laboratory> backlogs) {
    GrowthPoint point = result.point();
    Map<String, String> settings = new LinkedHashMap<>(EARLY_BASELINE);
    settings.put(ScorerSettings.WINDOW_SIZE, point.window().toSeconds() + "s");
    settings.put(ScorerSettings.WINDOW_GRACE, Feed.GRACE.toSeconds() + "s");
    String application = "growth-" + point.name() + "-" + round;
    try (RunningScorer scorer = backlogs.get(point).score(application, settings)) {
      long before = (long) WINDOWS_BEFORE * point.fleet().sources();
      scorer.awaitAccepted(before);
      double closing = scorer.closingSeconds();
      long entries = windows(point) * point.fleet().sources();
      result.passes().add(scorer.pass(before, before + entries * flushesOfWindow(point)));
      result.closingMicros().add(1e6 * (scorer.closingSeconds() - closing) / (double) entries);
    }
  }
}
