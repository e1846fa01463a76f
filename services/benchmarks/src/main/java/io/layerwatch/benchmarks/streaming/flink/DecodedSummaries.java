package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.benchmarks.streaming.Backlog;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.kafka.common.serialization.Deserializer;

/** By the reader that the scorer has, and passed on by a serializer of their own. */
final class DecodedSummaries implements Summaries<Reported> {

  private static final long serialVersionUID = 1;

  private final String backlog;
  private final boolean byInstance;
  private transient Deserializer<ActivationSummary> avro;

  /**
   * Of that backlog.
   *
   * @param byInstance whether instances stay apart within a window
   */
  DecodedSummaries(Backlog backlog, boolean byInstance) {
    this.backlog = backlog.toJson();
    this.byInstance = byInstance;
  }

  @Override
  public void open(InitializationContext context) {
    avro = Backlog.ofJson(backlog).topics().activationSummaries().serde().deserializer();
  }

  @Override
  public Reported deserialize(byte[] bytes) {
    ActivationSummary summary = avro.deserialize("", bytes);
    return Reported.of(summary, keyOf(summary));
  }

  private String keyOf(ActivationSummary summary) {
    return Reported.key(
        summary.model().name(),
        summary.model().revision(),
        summary.site(),
        summary.layer(),
        byInstance ? summary.instance() : "");
  }

  @Override
  public TypeInformation<Reported> getProducedType() {
    return new ReportedType();
  }

  @Override
  public long time(Reported summary) {
    return summary.time();
  }

  @Override
  public String key(Reported summary) {
    return summary.key();
  }

  @Override
  public Reported reported(Reported summary, String key) {
    return summary;
  }
}
