package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import io.layerwatch.standalone.traffic.TrafficGenerator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;

/** From prompts to a candidate, and what an independent client reads of it. */
class WholeLoopTest {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Test
  void aCandidateAppearsAndAnyAvroClientCanReadIt() throws Exception {
    Map<String, String> settings = new HashMap<>();
    settings.put(InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString());
    settings.put(InstrumentationSettings.HOST, "127.0.0.1");
    settings.put(InstrumentationSettings.PORT, "0");
    settings.put(InstrumentationSettings.BACKLOG_WINDOW, "3s");
    settings.put(ProbeSettings.BUDGET, "1");
    settings.put(ScorerSettings.WINDOW_SIZE, "3s");
    settings.put(ScorerSettings.WINDOW_GRACE, "1s");
    settings.put(RecommenderSettings.WINDOWS, "4");
    settings.put(RecommenderSettings.MINIMUM_TOKENS, "100");
    settings.put(CommonSettings.ADMIN_PORT, "0");
    settings.put(CommonSettings.TOPICS_REPLICATION, "1");
    Received received = new Received();
    try (Standalone standalone = new Standalone(SettingsSources.of(settings))) {
      standalone.add(
          "feed", new ScoreFeed(standalone.topics(), standalone.settings().kafka(), received));
      standalone.add(
          "traffic",
          new TrafficGenerator(
              standalone.api(),
              PromptLine.read(Repository.demoPrompts()),
              new TrafficGenerator.Plan(8, 0.8, 2, Duration.ofMillis(20))));
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  received.recommendations.stream()
                      .anyMatch(each -> each.state() instanceof Candidate));
      assertThat(received.recommendations.get(0).state()).isInstanceOf(Collecting.class);
      Candidate candidate = (Candidate) last(received).state();
      assertThat(candidate.proposal().layers()).hasSize(3);
      assertThat(candidate.proposal().evidence()).hasSize(12);
      assertThat(candidate.proposal().tokens()).isGreaterThan(400);
      assertThat(candidate.proposal().parametersShare()).isBetween(0.2, 0.3);

      GenericRecord scores =
          find(standalone, standalone.topics().layerScores().name(), any -> true);
      assertThat(scores.getSchema().getFullName()).isEqualTo("io.layerwatch.schema.ModelScores");
      assertThat((List<?>) scores.get("layers")).hasSize(12);
      GenericRecord advice =
          find(
              standalone,
              standalone.topics().pruningRecommendations().name(),
              record -> record.get("status").toString().equals("CANDIDATE"));
      assertThat(advice.get("layers")).isEqualTo(candidate.proposal().layers());
      assertThat((List<?>) advice.get("evidence")).hasSize(12);
      assertThat(get(standalone.adminAddress().resolve("/metrics")))
          .contains("layerwatch_layer_avss{")
          .contains("layerwatch_recommendation_state{");
      assertThat(get(standalone.adminAddress().resolve("/readyz"))).isEqualTo("ready\n");
    }
  }

  private static io.layerwatch.analysis.pruning.PruningRecommendation last(Received received) {
    return received.recommendations.stream()
        .filter(each -> each.state() instanceof Candidate)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  /**
   * The topic's first record of that kind, read with Kafka's consumer and Avro's own reader and
   * nothing of Confluent's or ours: magic byte, schema id, Avro by the schema that the registry
   * has.
   */
  private static GenericRecord find(
      Standalone standalone, String topic, Predicate<GenericRecord> wanted) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", standalone.broker().bootstrapServers());
    config.put("isolation.level", "read_committed");
    config.put("auto.offset.reset", "earliest");
    List<GenericRecord> found = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList());
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                for (ConsumerRecord<String, byte[]> record :
                    consumer.poll(Duration.ofMillis(500))) {
                  GenericRecord decoded = decode(standalone, record.value());
                  if (wanted.test(decoded)) {
                    found.add(decoded);
                  }
                }
                return !found.isEmpty();
              });
    }
    return found.get(0);
  }

  private static GenericRecord decode(Standalone standalone, byte[] value)
      throws IOException, InterruptedException {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    assertThat(bytes.get()).isZero();
    int id = bytes.getInt();
    String answer = get(URI.create(standalone.registryUrl() + "/schemas/ids/" + id));
    JsonNode json = ApiClient.JSON.readTree(answer);
    Schema schema = new Schema.Parser().parse(json.path("schema").asText());
    return new GenericDatumReader<GenericRecord>(schema)
        .read(
            null,
            DecoderFactory.get().binaryDecoder(value, bytes.position(), bytes.remaining(), null));
  }

  private static String get(URI address) throws IOException, InterruptedException {
    return HTTP.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
  }
}
