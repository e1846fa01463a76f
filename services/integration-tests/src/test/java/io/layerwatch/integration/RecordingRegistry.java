package io.layerwatch.integration;

import static java.util.stream.Collectors.groupingBy;

import io.layerwatch.integration.MetricsCatalogue.Family;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    BOUNDS.put("topic", "topics");
    BOUNDS.put("service", "4");
    BOUNDS.put("kind", "2");
    BOUNDS.put("outcome", "5");
    BOUNDS.put("pool", "pools");
    BOUNDS.put("gc", "collectors");
    List.of("runtime", "vendor", "version").forEach(label -> BOUNDS.put(label, "1"));
  }

  /** Labels whose values are the user's, or the machine's. */
  private static final List<String> OPEN =
      List.of(
          "model",
          "revision",
          "site",
          "layer",
          "score",
          "ranking",
          "topic",
          "pool",
          "gc",
          "runtime",
          "vendor",
          "version");

  private final List<Collector> collectors = new ArrayList<>();
  private final List<MultiCollector> multiCollectors = new ArrayList<>();
  private final List<MetricSnapshot> seen = new ArrayList<>();

  @Override
  public void register(Collector collector) {
    super.register(collector);
    collectors.add(collector);
  }

  @Override
  public void register(MultiCollector collector) {
    super.register(collector);
    multiCollectors.add(collector);
  }

  /** Families of those that declare no names, such as Kafka's, from all that it ever saw here. */
  List<Family> look() {
    multiCollectors.forEach(collector -> collector.collect().forEach(seen::add));
    Map<String, List<MetricSnapshot>> families =
        seen.stream().collect(groupingBy(snapshot -> snapshot.getMetadata().getPrometheusName()));
    return families.values().stream().map(RecordingRegistry::seen).toList();
  }

  /** Families that are declared, or that a look has found. */
  MetricsCatalogue catalogue() {
    return new MetricsCatalogue(
        Stream.concat(collectors.stream().map(RecordingRegistry::declared), look().stream())
            .sorted(Comparator.comparing(Family::name))
            .toList());
  }

  private static Family declared(Collector collector) {
    MetricFamilyDescriptor family = collector.getMetricFamilyDescriptor();
    return family(
        family.getType(),
        family.getMetadata(),
        family.getLabelNames(),
        collector.collect().getDataPoints());
  }

  private static Family seen(List<MetricSnapshot> snapshots) {
    List<? extends DataPointSnapshot> points =
        snapshots.stream().flatMap(snapshot -> snapshot.getDataPoints().stream()).toList();
    Set<String> labels = new TreeSet<>();
    points.forEach(point -> point.getLabels().forEach(label -> labels.add(label.getName())));
    MetricSnapshot one = snapshots.get(0);
    return family(
        one instanceof CounterSnapshot ? MetricType.COUNTER : MetricType.GAUGE,
        one.getMetadata(),
        labels,
        points);
  }

  private static Family family(
      MetricType type,
      MetricMetadata metadata,
      Set<String> labelNames,
      List<? extends DataPointSnapshot> points) {
    String base = metadata.getPrometheusName();
    String name = base + suffix(type, base);
    Map<String, List<String>> labels = new LinkedHashMap<>();
    List<String> order = new ArrayList<>(BOUNDS.keySet());
    labelNames.stream()
        .sorted(
            Comparator.comparing(
                    (String label) -> order.contains(label) ? order.indexOf(label) : order.size())
                .thenComparing(Comparator.naturalOrder()))
        .forEach(label -> labels.put(label, values(label, points)));
    return new Family(
        name,
        type.name().toLowerCase(Locale.ROOT),
        unit(name),
        labels,
        series(name, labels, points),
        metadata.getHelp());
  }

  private static String suffix(MetricType type, String base) {
    return switch (type) {
      case COUNTER -> base.endsWith("_total") ? "" : "_total";
      case INFO -> "_info";
      default -> "";
    };
  }

  private static List<String> values(String label, List<? extends DataPointSnapshot> points) {
    return OPEN.contains(label)
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
    for (String unit : List.of("seconds", "ratio", "layer_tokens", "tokens", "bytes", "records")) {
      if (base.endsWith("_" + unit)) {
        return unit.replace('_', ' ');
      }
    }
    return "";
  }
}
