package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.scorer.ScorerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One thread's rate at every point, in turns. At each it works off as many summaries, in which as
 * many entries of windows close, and is not timed before the first windows have closed.
 *
 * @param points that share a fleet share its backlog
 * @param flush interval of all instances
 * @param summaries that are timed at each point
 * @param rounds after one at the first point alone, which nobody counts
 */
record GrowthRates(List<GrowthPoint> points, Duration flush, long summaries, int rounds) {

  private static final int WINDOWS_BEFORE = 2;

  /**
   * What was measured at a point, one value a round.
   *
   * @param closingMicros pause for each entry of a window that closes
   */
  record Result(GrowthPoint point, List<Pass> passes, List<Double> closingMicros) {}

  List<Result> run(Laboratory home) {
    Map<Fleet, Laboratory> backlogs = new LinkedHashMap<>();
    List<Result> results = new ArrayList<>();
    try {
      for (GrowthPoint point : points) {
        backlogs.computeIfAbsent(point.fleet(), fleet -> backlog(home, fleet));
        results.add(new Result(point, new ArrayList<>(), new ArrayList<>()));
      }
      measure(new Result(points.get(0), new ArrayList<>(), new ArrayList<>()), 0, backlogs);
      for (int round = 1; round <= rounds; round++) {
        for (Result result : results) {
          measure(result, round, backlogs);
        }
      }
    } finally {
      backlogs.values().forEach(Laboratory::close);
    }
    return results;
  }

  private Laboratory backlog(Laboratory home, Fleet fleet) {
    Laboratory laboratory = new Laboratory(home, fleet.name() + ".");
    long flushes =
        points.stream()
            .filter(point -> point.fleet().equals(fleet))
            .mapToLong(point -> (before(point) + summaries) / fleet.sources() + 1)
            .max()
            .orElseThrow();
    Instant start =
        TimeWindow.of(Instant.now(), Duration.ofHours(1))
            .start()
            .minus(flush.multipliedBy(flushes));
    start = TimeWindow.of(start, Duration.ofHours(1)).start();
    for (long number = 0; number < flushes; number++) {
      Instant from = start.plus(flush.multipliedBy(number));
      laboratory.publish(fleet, new TimeWindow(from, from.plus(flush)), number);
    }
    return laboratory;
  }

  /** Summaries until the first windows have closed. */
  private long before(GrowthPoint point) {
    long flushes = point.window().multipliedBy(WINDOWS_BEFORE).dividedBy(flush);
    return flushes * point.fleet().sources();
  }

  private void measure(Result result, int round, Map<Fleet, Laboratory> backlogs) {
    GrowthPoint point = result.point();
    String application = "growth-" + point.name().replaceAll("\\W+", "-") + "-" + round;
    Map<String, String> settings = new HashMap<>();
    settings.put(ScorerSettings.WINDOW_SIZE, point.window().toSeconds() + "s");
    settings.put(ScorerSettings.WINDOW_GRACE, Feed.GRACE.toSeconds() + "s");
    try (RunningScorer scorer = backlogs.get(point.fleet()).score(application, settings)) {
      long before = before(point);
      scorer.awaitAccepted(before);
      double closing = scorer.closingSeconds();
      result.passes().add(scorer.pass(before, before + summaries));
      double entries = (double) summaries / point.window().dividedBy(flush);
      result.closingMicros().add(1e6 * (scorer.closingSeconds() - closing) / entries);
    }
  }
}
