package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.testing.ReleasedSchemas;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A consumer that was built with the schemas of a release reads what is written today. */
class OldReaderTest {

  private static final String REGISTRY = "mock://old-reader";

  private final Generated generated = new Generated(3);
  private final Topics topics =
      new Topics(
          "layerwatch.",
          Map.of("schema.registry.url", REGISTRY, "auto.register.schemas", true),
          Duration.ofDays(1));

  static List<String> versions() {
    return ReleasedSchemas.versions();
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void summaries(String version) {
    ActivationSummary summary = generated.summary();

    GenericRecord read = read(version, "ActivationSummary", topics.activationSummaries(), summary);

    assertThat(read.get("model")).hasToString(summary.model().name());
    assertThat(read.get("sequenceNumber")).isEqualTo(summary.sequenceNumber());
    assertThat(read.get("tokens")).isEqualTo(summary.statistics().tokens());
    assertThat(read.get("mean")).isEqualTo(summary.statistics().moments().mean());
    assertThat(read.get("m2")).isEqualTo(summary.statistics().moments().m2());
    assertThat(read.get("intervalStart")).isEqualTo(summary.interval().start().toEpochMilli());
    assertThat((List<?>) read.get("nearZero")).hasSize(2);
  }

  @ParameterizedTest
  @MethodSource("versions")
  void scores(String version) {
    ModelScores scores = generated.scores();

    GenericRecord read = read(version, "ModelScores", topics.layerScores(), scores);

    assertThat(read.get("revision")).hasToString(scores.model().revision());
    assertThat(read.get("complete")).isEqualTo(scores.complete());
    assertThat((List<?>) read.get("layers"))
        .extracting(layer -> ((GenericRecord) layer).get("variance"))
        .containsExactlyElementsOf(
            scores.layers().stream()
                .map(layer -> layer.statistics().moments().variance())
                .toList());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void recommendations(String version) {
    PruningRecommendation recommendation = generated.recommendation();

    GenericRecord read =
        read(version, "PruningRecommendation", topics.pruningRecommendations(), recommendation);

    assertThat(read.get("model")).hasToString(recommendation.model().name());
    assertThat(read.get("updatedAt")).isEqualTo(recommendation.updatedAt().toEpochMilli());
    assertThat(read.get("layerCount")).isEqualTo(recommendation.layerCount());
  }

  private static <V> GenericRecord read(String version, String name, Topic<V> topic, V value) {
    Schema schema = ReleasedSchemas.of(version).get(name);
    byte[] bytes = topic.serde().serializer().serialize(topic.name(), value);
    try (KafkaAvroDeserializer deserializer = new KafkaAvroDeserializer()) {
      deserializer.configure(Map.of("schema.registry.url", REGISTRY), false);
      GenericRecord read = (GenericRecord) deserializer.deserialize(topic.name(), bytes, schema);
      assertThat(read.getSchema()).isEqualTo(schema);
      return read;
    }
  }
}
