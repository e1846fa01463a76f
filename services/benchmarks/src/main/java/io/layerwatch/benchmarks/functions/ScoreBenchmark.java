package io.layerwatch.benchmarks.functions;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.RangeScoring;
import io.layerwatch.scorer.ScorerSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Scores a window of 80 layers that 100 instances reported: takes what they said in, merges it and
 * scores every layer. It goes by {@link RangeScoring}, the public way to the code that the live
 * scorer runs.
 */
@State(Scope.Thread)
public class ScoreBenchmark {

  private static final Fleet FLEET = new Fleet("organisation", 1, 1, Flush.LAYERS, 100);
  private static final TimeWindow WINDOW =
      TimeWindow.of(Instant.parse("2026-01-01T00:00:00Z"), Duration.ofMinutes(1));
  private static final TimeWindow FLUSH =
      new TimeWindow(WINDOW.start(), WINDOW.start().plusSeconds(1));

  private final ScorerSettings settings =
      ScorerSettings.of(
          Settings.load(
              ScorerSettings.define(),
              SettingsSources.of(
                  Map.of(
                      "kafka.bootstrap.servers", "nowhere:9092",
                      "schema.registry.url", "mock://functions"))));
  private final List<ActivationSummary> summaries = new ArrayList<>();

  @Setup
  public void report() {
    FLEET.flush(FLUSH, 0, summaries::add);
  }

  /** How many results came out, so that none can be left out. */
  @Benchmark
  public long score() {
    RangeScoring scoring = new RangeScoring(settings, WINDOW, WINDOW.start(), WINDOW.end());
    summaries.forEach(scoring::add);
    return scoring.close().filter(scores -> !scores.layers().isEmpty()).count();
  }
}
