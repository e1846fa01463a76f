package io.layerwatch.benchmarks.streaming.flink;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.layerwatch.benchmarks.streaming.Backlog;
import io.layerwatch.runtime.codec.SummaryCodec;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.schema.ActivationSummary;
import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.formats.avro.typeutils.AvroTypeInfo;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * By Confluent's deserializer into the classes that Avro generates, passed on as Avro by Flink;
 * instances are not kept apart.
 */
final class GeneratedSummaries implements Summaries<ActivationSummary> {

  private static final long serialVersionUID = 1;

  private final String registry;
  private transient Deserializer<Object> avro;
  private transient SummaryCodec codec;

  GeneratedSummaries(Backlog backlog) {
    registry = backlog.connection().get(CommonSettings.SCHEMA_REGISTRY_URL);
  }

  @Override
  public void open(InitializationContext context) {
    avro = new KafkaAvroDeserializer();
    avro.configure(
        Map.of(
            "schema.registry.url",
            registry,
            "specific.avro.reader",
            true,
            "avro.use.logical.type.converters",
            true),
        false);
  }

  @Override
  public ActivationSummary deserialize(byte[] bytes) {
    return (ActivationSummary) avro.deserialize("", bytes);
  }

  @Override
  public TypeInformation<ActivationSummary> getProducedType() {
    return new AvroTypeInfo<>(ActivationSummary.class);
  }

  @Override
  public long time(ActivationSummary summary) {
    return summary.getIntervalStart().toEpochMilli();
  }

  @Override
  public String key(ActivationSummary summary) {
    return Reported.key(
        summary.getModel(), summary.getRevision(), summary.getSite(), summary.getLayer(), "");
  }

  @Override
  public Reported reported(ActivationSummary summary, String key) {
    if (codec == null) {
      codec = new SummaryCodec();
    }
    return Reported.of(codec.fromAvro(summary), key);
  }
}
