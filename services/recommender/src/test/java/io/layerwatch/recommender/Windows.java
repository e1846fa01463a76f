package io.layerwatch.recommender;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;

/** Closed one-minute windows of a model of four layers whose AVSS are chosen. */
public record Windows(ModelId model, String site) {

  public static final Windows DEMO =
      new Windows(new ModelId("demo", "r1"), "relative-contribution");

  public Windows ofModel(String name) {
    return new Windows(new ModelId(name, "r1"), site);
  }

  public Windows at(String otherSite) {
    return new Windows(model, otherSite);
  }

  /** The window that ends with that minute, in which that layer scores lowest. */
  public ModelScores lowest(int layer, int minute) {
    return lowest(layer, minute, 500);
  }

  public ModelScores lowest(int layer, int minute, long tokens) {
    double[] avss = {5, 6, 7, 8};
    avss[layer] = 1;
    TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int i = 0; i < avss.length; i++) {
      layers.put(i, statistics(avss[i], tokens));
    }
    return ModelScores.of(
        model,
        new ModelShape(4, 10, 100, 5, 40),
        site,
        TimeWindow.of(Instant.ofEpochSecond(60L * (minute - 1)), Duration.ofMinutes(1)),
        Sources.complete(List.of("host-1")),
        0.01,
        layers);
  }

  /** 1,000 activations, a tenth near zero. */
  private static LayerStatistics statistics(double avss, long tokens) {
    return new LayerStatistics(
        tokens,
        0,
        new Moments(1_000, 0, 100 * avss, -9, 9),
        0,
        new NearZeroLadder(new double[] {0.01}, new long[] {100}),
        0,
        0.9 * tokens);
  }
}
