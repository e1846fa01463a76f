package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.Site;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import io.layerwatch.standalone.terminal.ScoreFeed;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Requests neither fail nor wait while the broker is gone, and what they did to the layers arrives
 * once it is back.
 */
class BrokerOutageTest {

  private static final Duration PHASE = Duration.ofSeconds(6);

  @Test
  void requestsNeverNoticeAndTheSummariesArrive() {
    Map<String, String> settings =
        Map.of(
            InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString(),
            InstrumentationSettings.HOST, "127.0.0.1",
            InstrumentationSettings.PORT, "0",
            InstrumentationSettings.BACKLOG_WINDOW, "5s",
            ScorerSettings.WINDOW_SIZE, "5s",
            ScorerSettings.WINDOW_GRACE, "1s",
            CommonSettings.ADMIN_PORT, "0",
            CommonSettings.TOPICS_REPLICATION, "1");
    Received received = new Received();
    try (Standalone standalone = new Standalone(SettingsSources.of(settings))) {
      ApiClient client = new ApiClient(standalone.instrumentation().port());
      standalone.add(
          "feed", new ScoreFeed(standalone.topics(), standalone.settings().kafka(), received));
      await().atMost(Duration.ofSeconds(30)).until(() -> standalone.health().problems().isEmpty());
      List<Double> before = serve(client);
      standalone.broker().pause();
      List<Double> during = serve(client);
      standalone.broker().resume();
      long served = standalone.instrumentation().requests().tokens();
      // The last token of each completion is never passed through the model again.
      long observed = served - completions(before) - completions(during);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(scored(received)).isEqualTo(observed));
      // Noise between two phases on a busy machine is large; waiting for Kafka would take seconds.
      assertThat(median(during)).isLessThan(2 * median(before) + 0.05);
      assertThat(Collections.max(during)).isLessThan(Collections.max(before) + 1);
    }
  }

  /** Serves requests for a while; returns their latencies in seconds. */
  private static List<Double> serve(ApiClient client) {
    List<Double> seconds = new ArrayList<>();
    long end = System.nanoTime() + PHASE.toNanos();
    while (System.nanoTime() < end) {
      ObjectNode body =
          ApiClient.JSON
              .createObjectNode()
              .put("prompt", "KING:\nMy lords, the night is cold")
              .put("max_tokens", 8)
              .put("temperature", 0);
      long start = System.nanoTime();
      HttpResponse<String> response = client.send(body);
      seconds.add((System.nanoTime() - start) / 1e9);
      assertThat(response.statusCode()).isEqualTo(200);
    }
    assertThat(seconds).hasSizeGreaterThan(5);
    return seconds;
  }

  private static int completions(List<Double> served) {
    return served.size();
  }

  private static long scored(Received received) {
    return received.withTokens(Site.BLOCK_OUTPUT.id()).stream()
        .mapToLong(window -> window.layers().get(0).statistics().tokens())
        .sum();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
