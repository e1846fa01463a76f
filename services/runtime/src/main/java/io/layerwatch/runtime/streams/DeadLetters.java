package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.topics.InvalidRecordException;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts rejected records and turns them into dead letters. */
public final class DeadLetters {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final Counter rejected;

  /** Counts into {@code layerwatch_<process>_rejected_records_total{reason}}. */
  public DeadLetters(String process, PrometheusRegistry metrics) {
    rejected =
        Counter.builder()
            .name("layerwatch_" + process + "_rejected_records_total")
            .help("Records set aside to the rejected topic, by kind of fault.")
            .labelNames("reason")
            .register(metrics);
    for (InvalidRecordException.Kind kind : InvalidRecordException.Kind.values()) {
      rejected.initLabelValues(label(kind));
    }
  }

  /** The dead letter: key and bytes as they came, reason and origin in headers. */
  public Record<String, byte[]> letter(
      Record<String, byte[]> record, RecordMetadata origin, InvalidRecordException fault) {
    rejected.labelValues(label(fault.kind())).inc();
    LOG.debug(
        "rejected {}-{}@{}: {}",
        origin.topic(),
        origin.partition(),
        origin.offset(),
        fault.getMessage());
    Headers headers = new RecordHeaders(record.headers().toArray());
    add(headers, "layerwatch.reason", fault.getMessage());
    add(headers, "layerwatch.kind", label(fault.kind()));
    add(headers, "layerwatch.origin.topic", origin.topic());
    add(headers, "layerwatch.origin.partition", Integer.toString(origin.partition()));
    add(headers, "layerwatch.origin.offset", Long.toString(origin.offset()));
    return record.withHeaders(headers);
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }

  private static String label(InvalidRecordException.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
