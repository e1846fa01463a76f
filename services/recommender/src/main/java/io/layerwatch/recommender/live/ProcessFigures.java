package io.layerwatch.recommender.live;

import io.layerwatch.analysis.ModelId;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.DataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What the metrics of this process say of tokens and of drift: they do where a scorer runs in it,
 * and an instance that publishes. They are read at most once a second, whoever asks.
 */
final class ProcessFigures {

  private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
  private static final String LEDGER = "layerwatch_scorer_ledger_layer_tokens";
  private static final String LEARNING = "layerwatch_drift_learning_scores";
  private static final String DRIFT = "layerwatch_layer_drift";
  private static final String DROPPED = "layerwatch_publisher_dropped_layer_tokens";
  private static final Set<String> GAUGES = Set.of(LEDGER, LEARNING, DRIFT);

  private final PrometheusRegistry metrics;
  private final LongSupplier nanos;
  private MetricSnapshots read;
  private long readAt;

  ProcessFigures(PrometheusRegistry metrics, LongSupplier nanos) {
    this.metrics = metrics;
    this.nanos = nanos;
  }

  /** A score that has left its baseline; direction 1 is up, -1 down. */
  record Raised(String score, int layer, int direction) {}

  /** The figures of one moment. */
  record Moment(MetricSnapshots families) {

    /** A model's ledger by entry, such as {@code scored}; empty where no scorer here has it. */
    SortedMap<String, Long> ledger(ModelId model) {
      SortedMap<String, Long> entries = new TreeMap<>();
      gauge(LEDGER, isOf(model))
          .forEach(point -> entries.put(point.getLabels().get("entry"), (long) point.getValue()));
      return entries;
    }

    /** What instances in this process gave up, by reason; empty where there is none. */
    SortedMap<String, Long> dropped() {
      SortedMap<String, Long> reasons = new TreeMap<>();
      families.stream()
          .filter(CounterSnapshot.class::isInstance)
          .flatMap(family -> ((CounterSnapshot) family).getDataPoints().stream())
          .forEach(point -> reasons.put(point.getLabels().get("reason"), (long) point.getValue()));
      return reasons;
    }

    /** Scores whose baseline is still gathered; empty where no scorer here watches that site. */
    OptionalLong learning(ModelId model, String site) {
      return gauge(LEARNING, isOf(model).and(isAt(site)))
          .mapToLong(point -> (long) point.getValue())
          .findFirst();
    }

    /** Scores that a scorer here has off their baseline, by score and layer. */
    List<Raised> raised(ModelId model, String site) {
      return gauge(DRIFT, isOf(model).and(isAt(site)))
          .filter(point -> point.getValue() != 0)
          .map(Moment::raised)
          .sorted(Comparator.comparing(Raised::score).thenComparing(Raised::layer))
          .toList();
    }

    private static Raised raised(GaugeDataPointSnapshot point) {
      return new Raised(
          point.getLabels().get("score"),
          Integer.parseInt(point.getLabels().get("layer")),
          (int) point.getValue());
    }

    private Stream<GaugeDataPointSnapshot> gauge(
        String name, Predicate<? super GaugeDataPointSnapshot> wanted) {
      return families.stream()
          .filter(GaugeSnapshot.class::isInstance)
          .filter(family -> family.getMetadata().getPrometheusName().equals(name))
          .flatMap(family -> ((GaugeSnapshot) family).getDataPoints().stream())
          .filter(wanted);
    }

    private static Predicate<DataPointSnapshot> isOf(ModelId model) {
      Map<String, String> wanted = Map.of("model", model.name(), "revision", model.revision());
      return point ->
          wanted.entrySet().stream()
              .allMatch(label -> label.getValue().equals(point.getLabels().get(label.getKey())));
    }

    private static Predicate<DataPointSnapshot> isAt(String site) {
      return point -> site.equals(point.getLabels().get("site"));
    }
  }

  /** What the metrics say now, or said less than a second ago. */
  synchronized Moment now() {
    long now = nanos.getAsLong();
    if (read == null || now - readAt >= FRESH_NANOS) {
      read = metrics.scrape(name -> GAUGES.contains(name) || name.startsWith(DROPPED));
      readAt = now;
    }
    return new Moment(read);
  }
}
