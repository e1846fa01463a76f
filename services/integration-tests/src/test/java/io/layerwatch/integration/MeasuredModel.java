package io.layerwatch.integration;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** What the instances of a model of three layers say, numbered as their publishers do. */
final class MeasuredModel {

  static final double[] LADDER = {0.001, 0.01, 0.1};
  static final List<String> SITES = List.of("block-output", "relative-contribution");
  private static final int UNITS = 64;

  final ModelId id;
  final ModelShape shape = new ModelShape(3, 10, 100, 5, 50);
  private final Map<String, Long> nextNumber = new HashMap<>();
  private final Map<String, Long> earlierTokens = new HashMap<>();

  MeasuredModel(String name) {
    id = new ModelId(name, "r1");
  }

  /** One flush of an instance: a summary a site and layer, of different activations each. */
  List<ActivationSummary> flush(String instance, Instant start, Duration interval, int tokens) {
    long number = nextNumber.merge(instance, 1L, Long::sum) - 1;
    long earlier = earlierTokens.getOrDefault(instance, 0L);
    earlierTokens.put(instance, earlier + tokens);
    List<ActivationSummary> summaries = new ArrayList<>();
    for (String site : SITES) {
      for (int layer = 0; layer < shape.layerCount(); layer++) {
        Random random = new Random((instance + site + layer).hashCode() * 31L + number);
        int scale = layer + 1;
        double[] values =
            random.doubles((long) UNITS * tokens).map(u -> scale * (u - 0.5)).toArray();
        LayerStatistics statistics =
            new LayerStatistics(
                tokens,
                0,
                Moments.of(values),
                0,
                NearZeroLadder.of(LADDER, values),
                0,
                0.9 * tokens);
        summaries.add(
            new ActivationSummary(
                id,
                shape,
                site,
                layer,
                instance,
                number,
                earlier,
                new TimeWindow(start, start.plus(interval)),
                statistics));
      }
    }
    return summaries;
  }
}
