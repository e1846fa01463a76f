package io.layerwatch.runtime.metrics;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/**
 * A family of metrics that is exported, and which of Kafka's it is made of.
 *
 * @param help ends with a full stop
 * @param kind how the values of threads, tasks, partitions and clients become one
 * @param byTopic whether there is one for each topic
 * @param group of Kafka's metrics
 * @param factors what to multiply each of Kafka's metrics with, by its name
 */
record KafkaFamily(
    String name,
    String help,
    Kind kind,
    boolean byTopic,
    String group,
    Map<String, Double> factors) {

  private static final String STREAMS = "stream-metrics";
  private static final String FETCHER = "consumer-fetch-manager-metrics";
  private static final String PRODUCER = "producer-metrics";
  private static final double MILLISECOND = 1e-3;

  /** How several values become one. */
  enum Kind {
    /** A counter: what all have counted, those that are gone too. */
    COUNTER,
    /** A gauge: the sum of all. */
    SUM,
    /** A gauge: the largest of all. */
    MAX
  }

  /** All that are exported, beside the state of Kafka Streams. */
  static final List<KafkaFamily> ALL =
      List.of(
          new KafkaFamily(
              "layerwatch_kafka_streams_alive_threads",
              "Stream threads that run or take part in a rebalance.",
              Kind.SUM,
              false,
              STREAMS,
              Map.of("alive-stream-threads", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_streams_failed_threads_total",
              "Stream threads that failed, whether they were replaced or not.",
              Kind.COUNTER,
              false,
              STREAMS,
              Map.of("failed-stream-threads", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_streams_dropped_records_total",
              "Records that Kafka Streams itself dropped.",
              Kind.COUNTER,
              false,
              "stream-task-metrics",
              Map.of("dropped-records-total", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_streams_commit_latency_avg_seconds",
              "Mean time of a commit over the last minute, of the slowest stream thread.",
              Kind.MAX,
              false,
              "stream-thread-metrics",
              Map.of("commit-latency-avg", MILLISECOND)),
          new KafkaFamily(
              "layerwatch_kafka_streams_commit_latency_max_seconds",
              "Longest time of a commit over the last minute.",
              Kind.MAX,
              false,
              "stream-thread-metrics",
              Map.of("commit-latency-max", MILLISECOND)),
          new KafkaFamily(
              "layerwatch_kafka_consumer_lag_records",
              "Records not read yet, over the partitions that this process is assigned.",
              Kind.SUM,
              true,
              FETCHER,
              Map.of("records-lag", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_consumer_lag_max_records",
              "Most records that one partition had not read yet during the last minute.",
              Kind.MAX,
              false,
              FETCHER,
              Map.of("records-lag-max", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_consumer_consumed_records_total",
              "Records read.",
              Kind.COUNTER,
              true,
              FETCHER,
              Map.of("records-consumed-total", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_consumer_rebalances_total",
              "Rebalances that succeeded.",
              Kind.COUNTER,
              false,
              "consumer-coordinator-metrics",
              Map.of("rebalance-total", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_producer_record_errors_total",
              "Records that could not be sent.",
              Kind.COUNTER,
              false,
              PRODUCER,
              Map.of("record-error-total", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_producer_record_retries_total",
              "Records that were sent once more.",
              Kind.COUNTER,
              false,
              PRODUCER,
              Map.of("record-retry-total", 1.0)),
          new KafkaFamily(
              "layerwatch_kafka_producer_buffered_bytes",
              "Bytes of the buffers that records on their way take.",
              Kind.SUM,
              false,
              PRODUCER,
              Map.of("buffer-total-bytes", 1.0, "buffer-available-bytes", -1.0)),
          new KafkaFamily(
              "layerwatch_kafka_producer_buffer_wait_ratio",
              "Share of the last minute in which somebody waited for space in a full buffer.",
              Kind.MAX,
              false,
              PRODUCER,
              Map.of("bufferpool-wait-ratio", 1.0)));

  /** The values that there are; not those of consumers that restore state. */
  Map<MetricName, Double> values(Map<MetricName, ? extends Metric> metrics) {
    Map<MetricName, Double> values = new HashMap<>();
    metrics.forEach(
        (metric, measured) -> {
          if (isMadeOf(metric)
              && measured.metricValue() instanceof Number value
              && Double.isFinite(value.doubleValue())) {
            values.put(metric, value.doubleValue() * factors.get(metric.name()));
          }
        });
    return values;
  }

  private boolean isMadeOf(MetricName metric) {
    return metric.group().equals(group)
        && factors.containsKey(metric.name())
        // Kafka has most also as a total of one client, or broken down further, by the same name.
        && metric.tags().containsKey("topic") == byTopic
        && !metric.tags().getOrDefault("client-id", "").endsWith("-restore-consumer");
  }

  /** One value for each topic. */
  Map<String, Double> merge(Map<MetricName, Double> values) {
    BinaryOperator<Double> merged = kind == Kind.MAX ? Double::max : Double::sum;
    Map<String, Double> byTopic = new HashMap<>();
    values.forEach((metric, value) -> byTopic.merge(topic(metric), value, merged));
    return byTopic;
  }

  /** The topic, or nothing where there is one value for all. */
  static String topic(MetricName metric) {
    return metric.tags().getOrDefault("topic", "");
  }
}
