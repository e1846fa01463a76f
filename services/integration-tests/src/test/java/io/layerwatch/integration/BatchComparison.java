package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares windows that were published with the batch result of the same activations. */
final class BatchComparison {

  private BatchComparison() {}

  /** Every window of the batch is there, once, with what the batch says, and no other is. */
  static void assertEachWindowOnce(
      List<ModelScores> published, Map<String, List<LayerStatistics>> batch) {
    Map<String, ModelScores> windows = new TreeMap<>();
    for (ModelScores scores : published) {
      String name = KnownTraffic.name(scores.model(), scores.site(), scores.window());
      assertThat(windows.put(name, scores)).as("%s is published once", name).isNull();
    }
    assertThat(windows.keySet()).isEqualTo(batch.keySet());
    batch.forEach((name, layers) -> assertSame(name, windows.get(name), layers));
  }

  private static void assertSame(String name, ModelScores scores, List<LayerStatistics> batch) {
    assertThat(scores.instances()).as(name).containsExactly("host-1", "host-2");
    assertThat(scores.sources().silentInstances()).as(name).isEmpty();
    assertThat(scores.sources().missingSummaries()).as(name).isZero();
    assertThat(scores.layers().stream().map(LayerScore::layer).toList())
        .as(name)
        .isEqualTo(java.util.stream.IntStream.range(0, batch.size()).boxed().toList());
    for (LayerScore layer : scores.layers()) {
      assertSame(name + " layer " + layer.layer(), layer.statistics(), batch.get(layer.layer()));
    }
  }

  private static void assertSame(String name, LayerStatistics stream, LayerStatistics batch) {
    assertThat(stream.tokens()).as(name).isEqualTo(batch.tokens());
    assertThat(stream.sequences()).as(name).isEqualTo(batch.sequences());
    assertThat(stream.nonFinite()).as(name).isEqualTo(batch.nonFinite());
    assertThat(stream.nearZero()).as(name).isEqualTo(batch.nearZero());
    assertThat(stream.moments().count()).as(name).isEqualTo(batch.moments().count());
    assertThat(stream.moments().min()).as(name).isEqualTo(batch.moments().min());
    assertThat(stream.moments().max()).as(name).isEqualTo(batch.moments().max());
    assertClose(name, stream.moments().mean(), batch.moments().mean());
    assertClose(name, stream.moments().m2(), batch.moments().m2());
    assertClose(name, stream.pooledVarianceSum(), batch.pooledVarianceSum());
    assertClose(name, stream.cosineSum(), batch.cosineSum());
  }

  private static void assertClose(String name, double stream, double batch) {
    assertThat(stream).as(name).isCloseTo(batch, within(1e-9 * Math.abs(batch)));
  }
}
