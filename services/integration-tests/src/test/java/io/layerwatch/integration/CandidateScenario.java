package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.traffic.TrafficGenerator;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.scorer.ScorerSettings;
import java.io.IOException;
import java.net.URI;
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

/** From prompts to scores to a candidate, and what an independent client reads of it. */
public final class CandidateScenario {

  /** Of the services: a candidate within seconds. */
  public static final Map<String, String> SETTINGS =
      Map.of(
          InstrumentationSettings.BACKLOG_WINDOW, "3s",
          ProbeSettings.BUDGET, "1",
          ScorerSettings.WINDOW_SIZE, "3s",
          ScorerSettings.WINDOW_GRACE, "1s",
          RecommenderSettings.WINDOWS, "4",
          RecommenderSettings.MINIMUM_TOKENS, "100",
          CommonSettings.TOPICS_REPLICATION, "1");

  private CandidateScenario() {}

  /** Sends the demo's prompts to the demo model until there is a candidate. */
  public static void run(RunningLoop loop) throws IOException {
    Received received = new Received();
    ScoreFeed feed = new ScoreFeed(loop.topics(), loop.settings().kafka(), received);
    try (feed;
        TrafficGenerator traffic =
            new TrafficGenerator(
                loop.api(),
                EndpointSecurity.NONE,
                PromptLine.read(Repository.demoPrompts()),
                new TrafficGenerator.Plan(8, 0.8, 2, Duration.ofMillis(20)))) {
      await()
          .atMost(Duration.ofSeconds(90))
          .until(
              () ->
                  received.recommendations.stream()
                      .anyMatch(each -> each.state() instanceof Candidate));
      assertThat(traffic.failed()).isZero();
      assertThat(received.recommendations.get(0).state()).isInstanceOf(Collecting.class);
      Candidate candidate = (Candidate) last(received).state();
      assertThat(candidate.proposal().layers()).hasSize(3);
      assertThat(candidate.proposal().evidence()).hasSize(12);
      assertThat(candidate.proposal().tokens()).isGreaterThan(400);
      assertThat(candidate.proposal().parametersShare()).isBetween(0.2, 0.3);

      requireIndependentlyReadable(loop, candidate);
      assertThat(loop.scrape().lines())
          .contains("layerwatch_layer_avss{")
          .contains("layerwatch_recommendation_state{");
      loop.awaitReady();
    }
  }

  private static void requireIndependentlyReadable(RunningLoop loop, Candidate candidate) {
    GenericRecord scores = find(loop, loop.topics().layerScores().name(), any -> true);
    assertThat(scores.getSchema().getFullName()).isEqualTo("io.layerwatch.schema.ModelScores");
    assertThat((List<?>) scores.get("layers")).hasSize(12);
    GenericRecord advice =
        find(
            loop,
            loop.topics().pruningRecommendations().name(),
            record -> record.get("status").toString().equals("CANDIDATE"));
    assertThat(advice.get("layers")).isEqualTo(candidate.proposal().layers());
    assertThat((List<?>) advice.get("evidence")).hasSize(12);
  }

  private static PruningRecommendation last(Received received) {
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
      RunningLoop loop, String topic, Predicate<GenericRecord> wanted) {
    Map<String, Object> config = new HashMap<>();
    config.put("bootstrap.servers", loop.settings().text(CommonSettings.BOOTSTRAP_SERVERS));
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
                  GenericRecord decoded = decode(loop, record.value());
                  if (wanted.test(decoded)) {
                    found.add(decoded);
                  }
                }
                return !found.isEmpty();
              });
    }
    return found.get(0);
  }

  private static GenericRecord decode(RunningLoop loop, byte[] value) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(value);
    assertThat(bytes.get()).isZero();
    int id = bytes.getInt();
    String answer = Pages.get(URI.create(loop.registryUrl() + "/schemas/ids/" + id));
    JsonNode json = ApiClient.JSON.readTree(answer);
    Schema schema = new Schema.Parser().parse(json.path("schema").asText());
    return new GenericDatumReader<GenericRecord>(schema)
        .read(
            null,
            DecoderFactory.get().binaryDecoder(value, bytes.position(), bytes.remaining(), null));
  }
}
