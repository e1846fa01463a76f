package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.Site;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import java.time.Duration;
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
            InstrumentationSettings.MINIMUM_TOKENS, "1",
            ProbeSettings.BUDGET, "1",
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
      Traffic before = Traffic.serve(client, PHASE, () -> {});
      standalone.broker().pause();
      Traffic during = Traffic.serve(client, PHASE, () -> {});
      standalone.broker().resume();
      long served = standalone.instrumentation().requests().tokens();
      // The last token of each completion is never passed through the model again.
      long observed = served - before.requests() - during.requests();
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(scored(received)).isEqualTo(observed));
      during.assertAsQuickAs(before);
    }
  }

  private static long scored(Received received) {
    return received.withTokens(Site.BLOCK_OUTPUT.id()).stream()
        .mapToLong(window -> window.layers().get(0).statistics().tokens())
        .sum();
  }
}
