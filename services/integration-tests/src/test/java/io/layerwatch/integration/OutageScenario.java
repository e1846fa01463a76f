package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.Site;
import io.layerwatch.recommender.live.ScoreFeed;
import java.time.Duration;

/**
 * The broker goes and comes back while requests are served: they neither fail nor wait, every token
 * is scored in the end, and the scorer's ledger says so. On a loop that has served nothing before.
 */
public final class OutageScenario {

  private static final Duration PHASE = Duration.ofSeconds(6);
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final String LEDGER = "layerwatch_scorer_ledger_layer_tokens";

  private OutageScenario() {}

  /** Serves before and during the outage. */
  public static void run(RunningLoop loop) {
    ApiClient client = new ApiClient(loop.api());
    Received received = new Received();
    ScoreFeed feed = new ScoreFeed(loop.topics(), loop.settings().kafka(), received);
    try (feed) {
      loop.awaitReady();
      Traffic before = Traffic.serve(client, PHASE, () -> {});
      loop.pauseBroker();
      Traffic during = Traffic.serve(client, PHASE, () -> {});
      loop.resumeBroker();
      // The last token of each completion is never passed through the model again.
      long observed = served(loop.scrape()) - before.requests() - during.requests();
      await().atMost(TIMEOUT).untilAsserted(() -> assertThat(scored(received)).isEqualTo(observed));
      await().atMost(TIMEOUT).untilAsserted(() -> requireBalance(loop.scrape()));
      during.assertAsQuickAs(before);
    }
  }

  /**
   * A process is killed while requests are served, and started again: the ledger balances in the
   * end, with what was served meanwhile.
   */
  public static void runWithout(RunningLoop loop, Runnable kill, Runnable startAgain) {
    ApiClient client = new ApiClient(loop.api());
    loop.awaitReady();
    long scored = loop.scrape().sum(LEDGER, "entry", "scored");
    kill.run();
    Traffic.serve(client, PHASE, () -> {});
    startAgain.run();
    loop.awaitReady();
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () -> {
              ScrapedText metrics = loop.scrape();
              requireBalance(metrics);
              assertThat(metrics.sum(LEDGER, "entry", "scored")).isGreaterThan(scored);
            });
  }

  private static long served(ScrapedText metrics) {
    return metrics.sum("layerwatch_prompt_tokens_total")
        + metrics.sum("layerwatch_generated_tokens_total");
  }

  private static long scored(Received received) {
    return received.withTokens(Site.BLOCK_OUTPUT.id()).stream()
        .mapToLong(window -> window.layers().get(0).statistics().tokens())
        .sum();
  }

  private static void requireBalance(ScrapedText metrics) {
    assertThat(metrics.sum(LEDGER, "entry", "scored"))
        .isPositive()
        .isEqualTo(metrics.sum("layerwatch_publisher_observed_layer_tokens_total"));
    assertThat(metrics.sum(LEDGER, "entry", "waiting|late|missing|duplicate")).isZero();
  }
}
