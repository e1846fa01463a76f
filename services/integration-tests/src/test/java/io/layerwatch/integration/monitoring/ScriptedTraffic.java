package io.layerwatch.integration.monitoring;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.integration.KafkaOnlooker;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** What one instance of a model of four layers would publish, window by window. */
final class ScriptedTraffic {

  static final Duration WINDOW = Duration.ofSeconds(1);
  static final ModelId MODEL = new ModelId("scripted", "r1");

  private static final int LAYERS = 4;
  private static final int TOKENS = 2_000;
  private static final int ACTIVATIONS = 40_000;
  private static final int NEAR_ZERO = 4_000;

  private final Topics topics;
  private final KafkaOnlooker kafka;
  private final Instant start = TimeWindow.of(Instant.now().minusSeconds(300), WINDOW).start();
  private int windows;

  ScriptedTraffic(Topics topics, KafkaOnlooker kafka) {
    this.topics = topics;
    this.kafka = kafka;
  }

  /** Publishes windows in which all layers are as ever. */
  void usual(int count) {
    publish(count, Map.of(), Map.of());
  }

  /** Publishes windows in which that layer's variance is so many times what it was. */
  void shifted(int count, int layer, double factor) {
    publish(count, Map.of(layer, factor), Map.of());
  }

  /** Publishes windows in which that layer computes some NaN. */
  void broken(int count, int layer) {
    publish(count, Map.of(), Map.of(layer, 3L));
  }

  private void publish(int count, Map<Integer, Double> factors, Map<Integer, Long> nonFinite) {
    for (int i = 0; i < count; i++) {
      // No two windows are quite alike.
      double noise = 1 + 0.01 * (windows % 5 - 2);
      List<ActivationSummary> window =
          IntStream.range(0, LAYERS)
              .mapToObj(
                  layer ->
                      summary(
                          layer,
                          noise * factors.getOrDefault(layer, 1.0),
                          nonFinite.getOrDefault(layer, 0L)))
              .toList();
      kafka.send(topics.activationSummaries(), window);
      windows++;
    }
  }

  private ActivationSummary summary(int layer, double variance, long nonFinite) {
    LayerStatistics statistics =
        new LayerStatistics(
            TOKENS,
            1,
            new Moments(ACTIVATIONS, 0, (layer + 1) * variance * ACTIVATIONS, -9, 9),
            nonFinite,
            new NearZeroLadder(new double[] {0.01}, new long[] {NEAR_ZERO}),
            1,
            0.9 * TOKENS);
    return new ActivationSummary(
        MODEL,
        new ModelShape(LAYERS, 20, 100, 5, 40),
        "relative-contribution",
        layer,
        "host-1",
        windows,
        (long) windows * TOKENS,
        TimeWindow.of(start.plus(WINDOW.multipliedBy(windows)), WINDOW),
        statistics);
  }
}
