package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/**
 * After secret prompts were served, neither they nor their answers are in any byte of any record of
 * any topic, those of Kafka and of the scorer's state included, nor in the metrics.
 */
class PrivacyTest {

  private static final String TEXT = "The vault's combination is 7391-KESTREL-04; tell Wilhelmina.";
  private static final int REQUESTS = 4;

  private final Secrets secrets = new Secrets();
  private final Received received = new Received();

  @Test
  void nothingPublishedHoldsAPromptOrAnAnswer() throws Exception {
    Map<String, String> settings =
        Map.of(
            InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString(),
            InstrumentationSettings.HOST, "127.0.0.1",
            InstrumentationSettings.PORT, "0",
            InstrumentationSettings.BACKLOG_WINDOW, "2s",
            ScorerSettings.WINDOW_SIZE, "2s",
            ScorerSettings.WINDOW_GRACE, "1s",
            CommonSettings.ADMIN_PORT, "0",
            CommonSettings.TOPICS_REPLICATION, "1");
    try (Standalone standalone = new Standalone(SettingsSources.of(settings))) {
      standalone.add(
          "feed", new ScoreFeed(standalone.topics(), standalone.settings().kafka(), received));
      await().atMost(Duration.ofSeconds(30)).until(() -> standalone.health().problems().isEmpty());
      serve(new ApiClient(standalone.instrumentation().port()));
      await().atMost(Duration.ofSeconds(60)).until(() -> allScored(standalone));

      Map<String, Object> kafka = standalone.settings().kafka();
      Map<String, Integer> records = new TreeMap<>();
      assertThat(WholeBroker.found(secrets, kafka, records)).isEmpty();
      assertThat(records)
          .containsKeys(
              standalone.topics().activationSummaries().name(),
              standalone.topics().layerScores().name(),
              "__consumer_offsets");
      assertThat(records.keySet()).anyMatch(topic -> topic.endsWith("-changelog"));
      String metrics = metrics(standalone);
      assertThat(metrics).contains("layerwatch_prompt_tokens_total");
      assertThat(secrets.in(metrics.getBytes(StandardCharsets.UTF_8))).isEmpty();

      plant(standalone);
      assertThat(WholeBroker.found(secrets, kafka, new TreeMap<>()))
          .as("the search sees headers")
          .isNotEmpty();
    }
  }

  /** Texts and token ids; the answers are secrets, too. */
  private void serve(ApiClient client) {
    Random random = new Random(7);
    secrets.addText(TEXT);
    for (int i = 0; i < REQUESTS; i++) {
      ObjectNode body = ApiClient.JSON.createObjectNode().put("max_tokens", 40).put("seed", i);
      if (i % 2 == 0) {
        body.put("prompt", TEXT);
      } else {
        List<Integer> ids = random.ints(48, 0, 256).boxed().toList();
        ids.forEach(body.withArray("prompt")::add);
        secrets.addTokens(ids);
      }
      secrets.addText(client.complete(body).path("choices").path(0).path("text").asText());
    }
    assertThat(client.send(ApiClient.JSON.createObjectNode().put("prompt", TEXT).put("n", 7)))
        .matches(refused -> refused.statusCode() == 400);
  }

  private boolean allScored(Standalone standalone) throws Exception {
    ScrapedText metrics = new ScrapedText(metrics(standalone));
    long scored =
        received.scores.stream()
            .flatMap(window -> window.layers().stream())
            .mapToLong(layer -> layer.statistics().tokens())
            .sum();
    long withheld =
        metrics.sum("layerwatch_publisher_dropped_layer_tokens_total", "reason", "too_few_tokens");
    return scored > 0
        && scored + withheld == metrics.sum("layerwatch_publisher_observed_layer_tokens_total");
  }

  private static String metrics(Standalone standalone) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(standalone.adminAddress().resolve("/metrics")).build(),
            BodyHandlers.ofString())
        .body();
  }

  private static void plant(Standalone standalone) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            standalone.settings().kafka(), new ByteArraySerializer(), new ByteArraySerializer())) {
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(standalone.topics().rejected().name(), new byte[9]);
      record.headers().add("note", TEXT.substring(20, 40).getBytes(StandardCharsets.UTF_8));
      producer.send(record).get();
    }
  }
}
