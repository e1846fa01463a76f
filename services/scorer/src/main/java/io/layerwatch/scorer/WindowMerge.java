package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers the summaries of one model's window and scores them, a result for each site. */
final class WindowMerge {

  private final TimeWindow window;
  private final Map<String, SortedMap<Integer, LayerStatistics>> bySite = new TreeMap<>();
  private final TreeSet<String> instances = new TreeSet<>();
  private final List<ActivationSummary> first = new ArrayList<>();

  WindowMerge(TimeWindow window) {
    this.window = window;
  }

  TimeWindow window() {
    return window;
  }

  void add(ActivationSummary summary) {
    if (first.isEmpty()) {
      first.add(summary);
    }
    instances.add(summary.instance());
    bySite
        .computeIfAbsent(summary.site(), site -> new TreeMap<>())
        .merge(summary.layer(), summary.statistics(), LayerStatistics::merge);
  }

  /** One result a site, in order of site; at least one summary was added. */
  List<ModelScores> scores(double sparsityThreshold) {
    ActivationSummary any = first.get(0);
    return bySite.entrySet().stream()
        .map(
            site ->
                ModelScores.of(
                    any.model(),
                    any.shape(),
                    site.getKey(),
                    window,
                    List.copyOf(instances),
                    sparsityThreshold,
                    site.getValue()))
        .toList();
  }
}
