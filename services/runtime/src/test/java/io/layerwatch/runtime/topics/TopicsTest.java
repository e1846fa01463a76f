package io.layerwatch.runtime.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The wire format, over the registry that Confluent's client keeps in memory for tests; real
 * registries are tested with the standalone process.
 */
class TopicsTest {

  private static final ActivationSummary SUMMARY =
      new ActivationSummary(
          new ModelId("m", "r"),
          new ModelShape(2, 1, 2, 1, 2),
          "block-output",
          1,
          "host",
          7,
          0,
          TimeWindow.of(Instant.EPOCH, Duration.ofSeconds(1)),
          LayerStatistics.empty(0.01));

  private final String registry = "mock://" + UUID.randomUUID();
  private final Topics topics = topics(registry);

  @BeforeEach
  void registerSchemas() throws Exception {
    for (Topic<?> topic : topics.all()) {
      if (topic.schema().isPresent()) {
        topics.registry().register(topic.subject(), new AvroSchema(topic.schema().get()));
      }
    }
  }

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void aValueIsAZeroByteTheSchemasIdAndAvro() throws Exception {
    byte[] bytes = write(topics);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    assertThat(buffer.get()).isZero();
    assertThat(buffer.getInt())
        .isEqualTo(
            topics
                .registry()
                .getId(
                    "p.activation-summaries-value",
                    new AvroSchema(topics.activationSummaries().schema().orElseThrow())));
    assertThat(read(bytes)).isEqualTo(SUMMARY);
  }

  @Test
  void aStateStoresChangelogUsesTheSameSubject() {
    byte[] bytes =
        topics.activationSummaries().serde().serializer().serialize("some-changelog", SUMMARY);
    assertThat(bytes).isEqualTo(write(topics));
  }

  @Test
  void producersRegisterNothing() {
    try (Topics others = topics("mock://" + UUID.randomUUID())) {
      assertThatThrownBy(() -> write(others)).hasMessageContaining("schema");
    }
  }

  @Test
  void bytesThatAreNoAvroAreUndecodable() {
    byte[] good = write(topics);
    byte[] unknownSchema = good.clone();
    unknownSchema[1] = 77;
    byte[] otherMagic = good.clone();
    otherMagic[0] = 1;
    assertUndecodable(new byte[0]);
    assertUndecodable(new byte[] {1, 2, 3});
    assertUndecodable(otherMagic);
    assertUndecodable(java.util.Arrays.copyOf(good, good.length - 3));
    assertRefused(Kind.UNKNOWN_SCHEMA, unknownSchema);
    unknownSchema[1] = -1;
    assertRefused(Kind.UNKNOWN_SCHEMA, unknownSchema);
  }

  /** Every field has a default, so Avro alone would read it. */
  @Test
  void anotherSchemasRecordIsForeign() throws Exception {
    topics
        .registry()
        .register(
            topics.activationSummaries().subject(),
            new AvroSchema(topics.layerScores().schema().orElseThrow()));
    byte[] scores =
        topics
            .layerScores()
            .serde()
            .serializer()
            .serialize(
                "",
                io.layerwatch.analysis.score.ModelScores.of(
                    new ModelId("m", "r"),
                    new ModelShape(1, 1, 1, 1, 1),
                    "s",
                    TimeWindow.of(Instant.EPOCH, Duration.ofSeconds(1)),
                    io.layerwatch.analysis.score.Sources.complete(java.util.List.of()),
                    0.01,
                    new java.util.TreeMap<>()));
    assertThat(assertRefused(Kind.FOREIGN_SCHEMA, scores))
        .hasMessageContaining("io.layerwatch.schema.ModelScores");
  }

  @Test
  void anImpossibleValueIsNamed() throws Exception {
    io.layerwatch.schema.ActivationSummary record =
        new io.layerwatch.runtime.codec.SummaryCodec().toAvro(SUMMARY);
    record.setLayer(9);
    byte[] bytes =
        new io.confluent.kafka.serializers.KafkaAvroSerializer(
                topics.registry(),
                Map.of("schema.registry.url", registry, "avro.use.logical.type.converters", true))
            .serialize("p.activation-summaries", record);
    InvalidRecordException refused =
        catchThrowableOfType(InvalidRecordException.class, () -> read(bytes));
    assertThat(refused.kind()).isEqualTo(Kind.IMPOSSIBLE);
    assertThat(refused).hasMessageContaining("layer: expected 0 to 1, got 9");
  }

  @Test
  void aRegistryThatDoesNotAnswerIsNoFaultOfTheRecord() {
    byte[] bytes = write(topics);
    try (Topics unreachable = topics("http://127.0.0.1:1")) {
      assertThatThrownBy(
              () -> unreachable.activationSummaries().serde().deserializer().deserialize("", bytes))
          .isNotInstanceOf(InvalidRecordException.class);
    }
  }

  @ParameterizedTest
  @CsvSource({"401, {}", "429, {}", "500, {}", "200, <html>a proxy's page</html>", "200, ''"})
  void aRegistryThatAnswersOddlyIsNoFaultOfTheRecord(int status, String body) throws Exception {
    byte[] bytes = write(topics);
    HttpServer odd = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    odd.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status, 0);
          exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
          exchange.close();
        });
    odd.start();
    try (Topics others = topics("http://127.0.0.1:" + odd.getAddress().getPort())) {
      assertThatThrownBy(
              () -> others.activationSummaries().serde().deserializer().deserialize("", bytes))
          .isInstanceOf(SerializationException.class)
          .isNotInstanceOf(InvalidRecordException.class);
    } finally {
      odd.stop(0);
    }
  }

  @Test
  void deadLettersMayBeLargerThanWhatTheyHold() {
    assertThat(topics.rejected().config()).containsEntry("max.message.bytes", "2097152");
    assertThat(topics.layerScores().config()).doesNotContainKey("max.message.bytes");
    assertThat(Topics.largestLetter(Map.of("max.request.size", "5000000"))).isEqualTo(5_000_000);
    assertThat(
            Topics.largestLetter(
                Map.of("max.request.size", "5", "producer.max.request.size", "6000000")))
        .isEqualTo(6_000_000);
  }

  @Test
  void recommendationsAreCompactedAndTheOthersKeptForTheRetention() {
    assertThat(topics.pruningRecommendations().config()).containsEntry("cleanup.policy", "compact");
    assertThat(topics.layerScores().config())
        .containsEntry("cleanup.policy", "delete")
        .containsEntry("retention.ms", "3600000");
    assertThat(topics.all().stream().map(Topic::name))
        .containsExactlyInAnyOrder(
            "p.activation-summaries",
            "p.layer-scores",
            "p.layer-drift",
            "p.pruning-recommendations",
            "p.pruning-evaluations",
            "p.pruning-reviews",
            "p.rejected");
  }

  private void assertUndecodable(byte[] bytes) {
    assertRefused(Kind.UNDECODABLE, bytes);
  }

  private InvalidRecordException assertRefused(Kind kind, byte[] bytes) {
    InvalidRecordException refused =
        catchThrowableOfType(InvalidRecordException.class, () -> read(bytes));
    assertThat(refused).isNotNull();
    assertThat(refused.kind()).isEqualTo(kind);
    assertThat(refused.getMessage()).isNotBlank();
    return refused;
  }

  private static Topics topics(String registry) {
    return new Topics("p.", Map.of("schema.registry.url", registry), Duration.ofHours(1));
  }

  private static byte[] write(Topics topics) {
    return topics.activationSummaries().serde().serializer().serialize("", SUMMARY);
  }

  private ActivationSummary read(byte[] bytes) {
    return topics.activationSummaries().serde().deserializer().deserialize("", bytes);
  }
}
