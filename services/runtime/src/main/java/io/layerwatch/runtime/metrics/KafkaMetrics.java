package io.layerwatch.runtime.metrics;

import io.layerwatch.runtime.metrics.KafkaFamily.Kind;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.streams.KafkaStreams.State;

/**
 * Exports what an operator needs of the hundreds of metrics of Kafka's clients and Kafka Streams:
 *
 * <pre>{@code
 * KafkaMetrics exported = KafkaMetrics.export(registry, "scorer", streams::metrics);
 * ...
 * exported.close();
 * }</pre>
 *
 * Threads, tasks, partitions and clients are added up, so that there are as many series as
 * services, and topics that they read. A value that Kafka does not have, such as the latency of
 * commits when there was none, is left out.
 */
public final class KafkaMetrics implements MultiCollector, AutoCloseable {

  static final String STATE = "layerwatch_kafka_streams_state";

  private final PrometheusRegistry registry;
  private final Labels service;
  private final Supplier<Map<MetricName, ? extends Metric>> clients;
  private final Map<KafkaFamily, RisingSums> counters = new HashMap<>();

  private KafkaMetrics(
      PrometheusRegistry registry,
      String service,
      Supplier<Map<MetricName, ? extends Metric>> clients) {
    this.registry = registry;
    this.service = Labels.of("service", service);
    this.clients = clients;
  }

  /**
   * Exports from now on, until it is closed.
   *
   * @param service whose clients these are; once in a registry
   * @param clients tells the metrics of all that there are now, to any thread
   */
  public static KafkaMetrics export(
      PrometheusRegistry registry,
      String service,
      Supplier<Map<MetricName, ? extends Metric>> clients) {
    KafkaMetrics exported = new KafkaMetrics(registry, service, clients);
    // It declares no names: services of one process share them, and a scrape joins their series.
    registry.register(exported);
    return exported;
  }

  @Override
  public MetricSnapshots collect() {
    return collect(name -> true);
  }

  /** Does not look at Kafka's metrics when none of them is asked for. */
  @Override
  public synchronized MetricSnapshots collect(Predicate<String> included) {
    List<KafkaFamily> families =
        KafkaFamily.ALL.stream().filter(family -> included.test(family.name())).toList();
    boolean withState = included.test(STATE);
    MetricSnapshots.Builder snapshots = MetricSnapshots.builder();
    if (families.isEmpty() && !withState) {
      return snapshots.build();
    }
    Map<MetricName, ? extends Metric> metrics = clients.get();
    if (withState) {
      stateOf(metrics).ifPresent(snapshots::metricSnapshot);
    }
    for (KafkaFamily family : families) {
      Map<String, Double> byTopic = byTopic(family, family.values(metrics));
      if (!byTopic.isEmpty()) {
        snapshots.metricSnapshot(snapshot(family, byTopic));
      }
    }
    return snapshots.build();
  }

  private Optional<MetricSnapshot> stateOf(Map<MetricName, ? extends Metric> metrics) {
    return metrics.entrySet().stream()
        .filter(entry -> entry.getKey().group().equals("stream-metrics"))
        .filter(entry -> entry.getKey().name().equals("state"))
        .map(entry -> state(entry.getValue().metricValue().toString()))
        .findFirst();
  }

  private MetricSnapshot state(String now) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder()
            .name(STATE)
            .help("1 for the state that Kafka Streams is in, 0 for the others.");
    for (State state : State.values()) {
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(service.add("state", state.name()))
              .value(state.name().equals(now) ? 1 : 0)
              .build());
    }
    return gauge.build();
  }

  private Map<String, Double> byTopic(KafkaFamily family, Map<MetricName, Double> values) {
    Map<String, Double> byTopic =
        family.kind() == Kind.COUNTER
            ? counters.computeIfAbsent(family, key -> new RisingSums()).read(values)
            : family.merge(values);
    return withoutAliases(byTopic);
  }

  /** Of a topic with dots Kafka has everything once more, under its name with underscores. */
  private static Map<String, Double> withoutAliases(Map<String, Double> byTopic) {
    Map<String, Double> own = new HashMap<>(byTopic);
    for (String topic : byTopic.keySet()) {
      if (topic.contains(".")) {
        own.remove(topic.replace('.', '_'));
      }
    }
    return own;
  }

  private MetricSnapshot snapshot(KafkaFamily family, Map<String, Double> byTopic) {
    return family.kind() == Kind.COUNTER ? counter(family, byTopic) : gauge(family, byTopic);
  }

  private MetricSnapshot counter(KafkaFamily family, Map<String, Double> byTopic) {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder().name(family.name()).help(family.help());
    byTopic.forEach(
        (topic, value) ->
            counter.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(labels(family, topic))
                    .value(value)
                    .build()));
    return counter.build();
  }

  private MetricSnapshot gauge(KafkaFamily family, Map<String, Double> byTopic) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(family.name()).help(family.help());
    byTopic.forEach(
        (topic, value) ->
            gauge.dataPoint(
                GaugeDataPointSnapshot.builder()
                    .labels(labels(family, topic))
                    .value(value)
                    .build()));
    return gauge.build();
  }

  private Labels labels(KafkaFamily family, String topic) {
    return family.byTopic() ? service.add("topic", topic) : service;
  }

  @Override
  public void close() {
    registry.unregister(this);
  }
}
