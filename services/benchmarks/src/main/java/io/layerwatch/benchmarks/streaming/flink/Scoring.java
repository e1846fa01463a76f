package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.benchmarks.streaming.Backlog;
import io.layerwatch.runtime.topics.Topics;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * Scores the layers of a site in a window, as records of the scorer's own kind. Where instances are
 * kept apart, the record names them.
 */
final class Scoring extends ProcessWindowFunction<Reported, byte[], String, TimeWindow> {

  private static final long serialVersionUID = 1;

  private final String backlog;
  private final double sparsityThreshold;
  private transient Topics topics;

  Scoring(Backlog backlog, double sparsityThreshold) {
    this.backlog = backlog.toJson();
    this.sparsityThreshold = sparsityThreshold;
  }

  @Override
  public void open(OpenContext context) {
    topics = Backlog.ofJson(backlog).topics();
  }

  @Override
  public void process(
      String site, Context context, Iterable<Reported> layers, Collector<byte[]> to) {
    SortedMap<Integer, LayerStatistics> statistics = new TreeMap<>();
    SortedSet<String> instances = new TreeSet<>();
    for (Reported layer : layers) {
      statistics.merge(layer.layer(), layer.statistics(), LayerStatistics::merge);
      instances.add(layer.instance());
    }
    Reported any = layers.iterator().next();
    ModelScores scores =
        ModelScores.of(
            any.model(),
            any.shape(),
            any.site(),
            new io.layerwatch.analysis.TimeWindow(
                Instant.ofEpochMilli(context.window().getStart()),
                Instant.ofEpochMilli(context.window().getEnd())),
            Sources.complete(List.copyOf(instances)),
            sparsityThreshold,
            statistics);
    to.collect(topics.layerScores().serde().serializer().serialize("", scores));
  }

  @Override
  public void close() {
    topics.close();
  }
}
