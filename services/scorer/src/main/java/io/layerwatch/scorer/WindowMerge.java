package io.layerwatch.scorer;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers what was said of one model's window and scores it, a result for each site. */
final class WindowMerge {

  private final TimeWindow window;
  private final Map<SummarySource, WindowReport> reports = new LinkedHashMap<>();
  private final SortedMap<String, Long> missing = new TreeMap<>();

  WindowMerge(TimeWindow window) {
    this.window = window;
  }

  TimeWindow window() {
    return window;
  }

  Map<SummarySource, WindowReport> reports() {
    return reports;
  }

  ByLayer<Contribution> contributions(SummarySource source) {
    WindowReport report = reports.get(source);
    return report == null ? new ByLayer<>() : report.contributions();
  }

  /** The instances heard. */
  SortedSet<String> instances() {
    TreeSet<String> instances = new TreeSet<>();
    reports.keySet().forEach(source -> instances.add(source.instance()));
    return instances;
  }

  void add(WindowReport report) {
    reports.put(report.source(), report);
  }

  /** That many summaries of the site may belong here and never arrived. */
  void addMissing(String site, long summaries) {
    missing.merge(site, summaries, (a, b) -> Math.min(a + b, SummaryCheck.LARGEST_COUNT));
  }

  /**
   * One result a site, in order of site; at least one report was added.
   *
   * @param silent instances that were heard in the window before and not in this one
   */
  List<ModelScores> scores(List<String> silent, double sparsityThreshold) {
    SortedMap<String, SortedMap<Integer, LayerStatistics>> bySite = new TreeMap<>();
    missing.forEach(
        (site, summaries) -> {
          if (summaries > 0) {
            bySite.put(site, new TreeMap<>());
          }
        });
    reports.forEach(
        (source, report) -> {
          var layers = bySite.computeIfAbsent(source.site(), site -> new TreeMap<>());
          report
              .contributions()
              .forEach(
                  (layer, contribution) ->
                      layers.merge(layer, contribution.statistics(), LayerStatistics::merge));
        });
    List<String> instances = List.copyOf(instances());
    WindowReport any = reports.values().iterator().next();
    return bySite.entrySet().stream()
        .map(
            site ->
                ModelScores.of(
                    any.model(),
                    any.shape(),
                    site.getKey(),
                    window,
                    new Sources(instances, silent, missing.getOrDefault(site.getKey(), 0L)),
                    sparsityThreshold,
                    site.getValue()))
        .toList();
  }
}
