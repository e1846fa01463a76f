package io.layerwatch.integration;

import io.layerwatch.integration.MetricsCatalogue.Family;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** A registry that knows the families registered with it, also those without a series yet. */
final class RecordingRegistry extends PrometheusRegistry {

  /**
   * How many values a label takes at most, in the order of labels. A number, or what there are as
   * many of; the values of a label that is not here are all there from the start.
   */
  private static final Map<String, String> BOUNDS = new LinkedHashMap<>();

  static {
    BOUNDS.put("model", "1");
    BOUNDS.put("revision", "revisions");
    BOUNDS.put("site", "sites");
    BOUNDS.put("layer", "layers");
    BOUNDS.put("score", "scores");
    BOUNDS.put("ranking", "3");
    BOUNDS.put("state", "6");
    BOUNDS.put("endpoint", "4");
    BOUNDS.put("status", "statuses");
    BOUNDS.put("kind", "2");
    BOUNDS.put("outcome", "5");
  }

  private static final List<String> NAMED_BY_USERS =
      List.of("model", "revision", "site", "layer", "score", "ranking");

  private final List<Collector> collectors = new ArrayList<>();

  @Override
  public void register(Collector collector) {
    super.register(collector);
    collectors.add(collector);
  }

  MetricsCatalogue catalogue() {
    return new MetricsCatalogue(
        collectors.stream()
            .map(RecordingRegistry::family)
            .sorted(Comparator.comparing(Family::name))
            .toList());
  }

  private static Family family(Collector collector) {
    MetricFamilyDescriptor family = collector.getMetricFamilyDescriptor();
    List<? extends DataPointSnapshot> points = collector.collect().getDataPoints();
    String base = family.getMetadata().getPrometheusName();
    boolean total = family.getType() == MetricType.COUNTER && !base.endsWith("_total");
    String name = total ? base + "_total" : base;
    Map<String, List<String>> labels = new LinkedHashMap<>();
    List<String> order = new ArrayList<>(BOUNDS.keySet());
    family.getLabelNames().stream()
        .sorted(
            Comparator.comparing(
                    (String label) -> order.contains(label) ? order.indexOf(label) : order.size())
                .thenComparing(Comparator.naturalOrder()))
        .forEach(label -> labels.put(label, values(label, points)));
    return new Family(
        name,
        family.getType().name().toLowerCase(Locale.ROOT),
        unit(name),
        labels,
        series(name, labels, points),
        family.getMetadata().getHelp());
  }

  private static List<String> values(String label, List<? extends DataPointSnapshot> points) {
    return NAMED_BY_USERS.contains(label)
        ? List.of()
        : points.stream().map(point -> point.getLabels().get(label)).distinct().sorted().toList();
  }

  private static String series(
      String name, Map<String, List<String>> labels, List<? extends DataPointSnapshot> points) {
    long fixed = points.stream().mapToInt(RecordingRegistry::series).max().orElse(1);
    List<String> growing = new ArrayList<>();
    for (Map.Entry<String, List<String>> label : labels.entrySet()) {
      String bound =
          label.getValue().isEmpty()
              ? BOUNDS.get(label.getKey())
              : Integer.toString(label.getValue().size());
      if (bound == null) {
        throw new IllegalStateException(
            name + ": nobody says how many values " + label.getKey() + " may take");
      }
      if (Character.isDigit(bound.charAt(0))) {
        fixed *= Long.parseLong(bound);
      } else {
        growing.add(bound);
      }
    }
    Stream<String> number =
        fixed == 1 && !growing.isEmpty() ? Stream.of() : Stream.of(Long.toString(fixed));
    return String.join(" × ", Stream.concat(growing.stream(), number).toList());
  }

  /** Of one set of label values. */
  private static int series(DataPointSnapshot point) {
    if (point instanceof HistogramDataPointSnapshot histogram) {
      return histogram.getClassicBuckets().size() + 2;
    }
    return point instanceof SummaryDataPointSnapshot ? 2 : 1;
  }

  private static String unit(String name) {
    String base = name.replaceFirst("_total$", "");
    for (String unit : List.of("seconds", "ratio", "layer_tokens", "tokens")) {
      if (base.endsWith("_" + unit)) {
        return unit.replace('_', ' ');
      }
    }
    return "";
  }
}
