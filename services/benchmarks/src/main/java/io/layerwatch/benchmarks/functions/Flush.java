package io.layerwatch.benchmarks.functions;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.benchmarks.capacity.Fleet;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What one instance of a model of 80 layers sends in a second. */
final class Flush {

  static final int LAYERS = 80;
  static final int SITES = 3;
  static final int SUMMARIES = SITES * LAYERS;

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  private Flush() {}

  static List<ActivationSummary> summaries() {
    List<ActivationSummary> summaries = new ArrayList<>();
    new Fleet("organisation", 1, SITES, LAYERS, 1)
        .flush(TimeWindow.of(START, INTERVAL), 1_000, summaries::add);
    return summaries;
  }
}
