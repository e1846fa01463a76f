package io.layerwatch.analysis;

import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Small models whose scores are chosen, for tests of what is made of them. */
public final class Examples {

  public static final ModelId MODEL = new ModelId("demo", "r1");
  public static final String SITE = "relative-contribution";
  public static final double THRESHOLD = 0.01;

  private Examples() {}

  /** A shape of that many layers with 10 parameters each, 100 in the model; half of the compute. */
  public static ModelShape shape(int layers) {
    return new ModelShape(layers, 10, 100, 5, 10L * layers);
  }

  /** 1,000 activations of that AVSS: a tenth of them near zero, so the variance is avss ÷ 10. */
  public static LayerStatistics layer(double avss, double blockInfluence, long tokens) {
    return layer(avss, blockInfluence, tokens, 100);
  }

  public static LayerStatistics layer(
      double avss, double blockInfluence, long tokens, long nearZero) {
    double variance = avss * nearZero / 1000;
    return new LayerStatistics(
        tokens,
        0,
        new Moments(1000, 0, variance * 1000, -9, 9),
        0,
        new NearZeroLadder(new double[] {THRESHOLD}, new long[] {nearZero}),
        0,
        (1 - blockInfluence) * tokens);
  }

  /** The scores of minute {@code index}, with layers 0, 1, … of those AVSS, 1,000 tokens each. */
  public static ModelScores window(int index, double... avss) {
    return windowOfTokens(index, 1_000, avss);
  }

  public static ModelScores windowOfTokens(int index, long tokens, double... avss) {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int layer = 0; layer < avss.length; layer++) {
      layers.put(layer, layer(avss[layer], 0.1 * (layer + 1), tokens));
    }
    return window(index, avss.length, layers);
  }

  public static ModelScores window(
      int index, int layerCount, SortedMap<Integer, LayerStatistics> layers) {
    return ModelScores.of(
        MODEL,
        shape(layerCount),
        SITE,
        TimeWindow.of(Instant.ofEpochSecond(60L * index), Duration.ofMinutes(1)),
        Sources.complete(List.of("host-1")),
        THRESHOLD,
        layers);
  }
}
