package io.layerwatch.scorer;

import io.layerwatch.analysis.ModelId;
import io.prometheus.metrics.core.datapoints.GaugeDataPoint;
import io.prometheus.metrics.core.metrics.Gauge;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * What gauges show of models' sites, layer by layer. Every window shows all of a site anew, so a
 * series is looked up by its labels only when it appears. The gauges had better have no exemplars:
 * a sampler for each series, asked at each value, costs more than the series.
 */
final class SiteGauges {

  private final Map<Site, Map<Series, GaugeDataPoint>> shown = new ConcurrentHashMap<>();

  /** One model's site. */
  record Site(ModelId model, String site) {}

  /**
   * One series of a site.
   *
   * @param gauge with the labels model, revision, site and layer, and score where there is one
   * @param score empty where the gauge has no such label
   */
  record Series(Gauge gauge, int layer, String score) {

    private String[] labels(Site of) {
      Stream<String> labels =
          Stream.of(of.model().name(), of.model().revision(), of.site(), Integer.toString(layer));
      return (score.isEmpty() ? labels : Stream.concat(labels, Stream.of(score)))
          .toArray(String[]::new);
    }

    private GaugeDataPoint appear(Site of) {
      return gauge.labelValues(labels(of));
    }

    private void disappear(Site of) {
      gauge.remove(labels(of));
    }
  }

  /** Shows these values of a site, and no others of its before. */
  void show(Site site, Map<Series, Double> values) {
    Map<Series, GaugeDataPoint> points =
        shown.computeIfAbsent(site, none -> new ConcurrentHashMap<>());
    values.forEach(
        (series, value) -> points.computeIfAbsent(series, none -> series.appear(site)).set(value));
    if (points.size() > values.size()) {
      points.keySet().stream()
          .filter(series -> !values.containsKey(series))
          .forEach(
              series -> {
                series.disappear(site);
                points.remove(series);
              });
    }
  }

  void forget(Site site) {
    Map<Series, GaugeDataPoint> gone = shown.remove(site);
    if (gone != null) {
      gone.keySet().forEach(series -> series.disappear(site));
    }
  }

  /** The sites of these models of which something is shown. */
  List<Site> sitesOf(Set<ModelId> models) {
    return shown.keySet().stream().filter(site -> models.contains(site.model())).toList();
  }
}
