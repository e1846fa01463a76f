package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Instances that report: so many replicas of every model, each with every layer at every site.
 * Names and numbers are of production's length.
 *
 * @param name what its models' names begin with
 */
public record Fleet(String name, int models, int sites, int layers, int replicas) {

  private static final List<String> SITES =
      List.of("block-output", "block-contribution", "relative-contribution", "normalized-change");
  private static final double[] THRESHOLDS = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final long TOKENS = 4_000;
  private static final long WIDTH = 8_192;

  public Fleet {
    if (models < 1 || layers < 1 || replicas < 1 || sites < 1 || sites > SITES.size()) {
      throw new IllegalArgumentException(
          "fleet: expected 1 or more of everything and at most "
              + SITES.size()
              + " sites, got "
              + models
              + " models, "
              + sites
              + " sites, "
              + layers
              + " layers, "
              + replicas
              + " replicas");
    }
  }

  /** Summaries of one flush of all: one for each (model, site, layer, instance). */
  public int sources() {
    return models * sites * layers * replicas;
  }

  public double summariesPerSecond(Duration flush) {
    return sources() * 1e3 / flush.toMillis();
  }

  /** As many, of other models. */
  public Fleet named(String other) {
    return new Fleet(other, models, sites, layers, replicas);
  }

  /** Whether that is one of its models. */
  public boolean has(ModelId model) {
    return model.name().startsWith(name + "/");
  }

  /** One flush of all instances, each after the other, as their publishers send it. */
  public void flush(TimeWindow interval, long number, Consumer<ActivationSummary> to) {
    for (int model = 0; model < models; model++) {
      for (int replica = 0; replica < replicas; replica++) {
        for (int site = 0; site < sites; site++) {
          for (int layer = 0; layer < layers; layer++) {
            to.accept(summary(model, replica, site, layer, interval, number));
          }
        }
      }
    }
  }

  /** The number of the model that a summary is of. */
  static int model(ActivationSummary summary) {
    String model = summary.model().name();
    return Integer.parseInt(model.substring(model.lastIndexOf('-') + 1));
  }

  private ActivationSummary summary(
      int model, int replica, int site, int layer, TimeWindow interval, long number) {
    return new ActivationSummary(
        new ModelId(name + "/model-70b-instruct-" + model, "3f9c1c7ab0d2"),
        new ModelShape(layers, 855_654_400L, 70_553_706_496L, 855_638_016L, 69_501_714_432L),
        SITES.get(site),
        layer,
        "model-server-7c9f6d5b8-" + (10_000 + replica) + "-1790000000000",
        number,
        number * TOKENS,
        interval,
        statistics(layer, number));
  }

  private static LayerStatistics statistics(int layer, long number) {
    long count = TOKENS * WIDTH;
    double mean = 1e-3 * (layer + 1) + 1e-6 * number;
    // No two windows score the same.
    double variance = 0.7318 + 1e-5 * number;
    return new LayerStatistics(
        TOKENS,
        37,
        new Moments(count, mean, variance * count, -41.25 - layer, 39.5 + layer),
        0,
        new NearZeroLadder(
            THRESHOLDS,
            new long[] {count / 90_000, count / 9_000, count / 900, count / 90, count / 9}),
        37 * 0.7291,
        0.9312 * TOKENS);
  }
}
