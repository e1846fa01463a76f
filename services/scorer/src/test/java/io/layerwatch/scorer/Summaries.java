package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Instant;
import java.util.Random;

/** Summaries of a model of two layers, 10 s each; the harness numbers them. */
record Summaries(ModelId model, ModelShape shape, String site, String instance) {

  static final Summaries DEMO =
      new Summaries(
          new ModelId("demo", "r1"), new ModelShape(2, 10, 100, 5, 50), "block-output", "host-1");

  Summaries ofModel(String name) {
    return new Summaries(new ModelId(name, "r1"), shape, site, instance);
  }

  Summaries from(String otherInstance) {
    return new Summaries(model, shape, site, otherInstance);
  }

  Summaries at(String otherSite) {
    return new Summaries(model, shape, otherSite, instance);
  }

  Summaries withShape(ModelShape other) {
    return new Summaries(model, other, site, instance);
  }

  /** Both layers over the 10 seconds from that one, with those tokens. */
  ActivationSummary[] both(long second, int tokens) {
    return new ActivationSummary[] {layer(0, second, tokens), layer(1, second, tokens)};
  }

  ActivationSummary layer(int layer, long second, int tokens) {
    return layer(layer, second, 10, statistics(layer, second, tokens));
  }

  ActivationSummary layer(int layer, long second, long seconds, LayerStatistics statistics) {
    return new ActivationSummary(
        model,
        shape,
        site,
        layer,
        instance,
        0,
        0,
        new TimeWindow(Instant.ofEpochSecond(second), Instant.ofEpochSecond(second + seconds)),
        statistics);
  }

  /** Different activations for every instance, site, layer and second; four units a token. */
  LayerStatistics statistics(int layer, long second, int tokens) {
    double[] ladder = {0.001, 0.01, 0.1};
    if (tokens == 0) {
      return LayerStatistics.empty(ladder);
    }
    Random random = new Random(31L * (instance + site).hashCode() + 7L * layer + second);
    double[] values = random.doubles(4L * tokens).map(u -> 0.2 * (u - 0.5) * (layer + 1)).toArray();
    return new LayerStatistics(
        tokens, 0, Moments.of(values), 0, NearZeroLadder.of(ladder, values), 0, 0.9 * tokens);
  }
}
