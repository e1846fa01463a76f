package io.layerwatch.runtime.streams;

import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import org.apache.kafka.streams.processor.api.ProcessingContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts rejected records and turns them into dead letters. */
public final class DeadLetters {

  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final Counter rejected;
  private final int largestLetter;

  /**
   * Counts into {@code layerwatch_<process>_rejected_records_total{reason}}.
   *
   * @param largestLetter most bytes of a letter; what is larger is cut
   */
  public DeadLetters(String process, PrometheusRegistry metrics, int largestLetter) {
    this.largestLetter = largestLetter;
    rejected =
        Counter.builder()
            .name("layerwatch_" + process + "_rejected_records_total")
            .help("Records set aside to the rejected topic, by kind of fault.")
            .labelNames("reason")
            .register(metrics);
    for (Kind kind : Kind.values()) {
      rejected.initLabelValues(kind.label());
    }
  }

  /** With letters as large as default settings send them. */
  public DeadLetters(String process, PrometheusRegistry metrics) {
    this(process, metrics, Topics.largestLetter(Map.of()));
  }

  /**
   * The dead letter: key and bytes as they came, reason and origin in headers, from the time of its
   * rejection on. One that would be too large is cut, and its kind is {@link Kind#OVERSIZE}.
   *
   * @param record as it came
   * @param context of the record that is being processed
   */
  public Record<byte[], byte[]> letter(
      Record<byte[], byte[]> record, ProcessingContext context, InvalidRecordException fault) {
    RecordMetadata origin = context.recordMetadata().orElseThrow();
    Letter whole = Letter.of(record, origin, fault.getMessage(), fault.kind().label());
    boolean fits = whole.size() <= largestLetter;
    String kind = (fits ? fault.kind() : Kind.OVERSIZE).label();
    rejected.labelValues(kind).inc();
    LOG.debug(
        "rejected {}-{}@{} as {}: {}",
        origin.topic(),
        origin.partition(),
        origin.offset(),
        kind,
        Letter.bounded(fault.getMessage()));
    Letter letter = fits ? whole : whole.cutTo(largestLetter, kind);
    return letter.record(context.currentSystemTimeMs());
  }
}
