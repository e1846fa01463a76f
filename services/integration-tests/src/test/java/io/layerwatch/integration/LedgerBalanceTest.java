package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every token that an instance observed is scored, late, waiting, or missing, and what is missing
 * was dropped or rejected with a counter; or it was withheld with one: to the token, through bad
 * records, a clock that is wrong for a while, an outage beyond the backlog, an instance that ends
 * in it and starts anew, and requests of few tokens.
 */
class LedgerBalanceTest {

  private static final Duration WINDOW = Duration.ofSeconds(2);
  private static final Duration PHASE = Duration.ofMillis(700);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final int STRAGGLER_TOKENS = 17;
  private static final Map<String, String> SETTINGS =
      Map.of(
          InstrumentationSettings.FLUSH_INTERVAL, "200ms",
          InstrumentationSettings.BACKLOG_WINDOW, "1s",
          InstrumentationSettings.BACKLOG_WINDOWS, "3",
          InstrumentationSettings.MINIMUM_TOKENS, "32",
          ScorerSettings.WINDOW_SIZE, "2s",
          ScorerSettings.WINDOW_GRACE, "1s",
          ScorerSettings.INSTANCE_TIMEOUT, "3s");

  @TempDir private Path directory;

  private final PrometheusRegistry scorer = new PrometheusRegistry();
  private final PublisherCounts steady = new PublisherCounts(new PrometheusRegistry());
  private final PublisherCounts ending = new PublisherCounts(new PrometheusRegistry());
  private final PublisherCounts restarted = new PublisherCounts(new PrometheusRegistry());
  private final SkewedClock skewed = new SkewedClock();
  private final EmbeddedBroker broker = EmbeddedBroker.start(BrokerProcess.BACK_SOON);
  private Deployment deployment;

  @BeforeEach
  void deploy() {
    deployment =
        new Deployment(directory, Repository.demoModel(), broker.bootstrapServers(), SETTINGS);
  }

  @AfterEach
  void close() {
    deployment.close();
    broker.close();
  }

  @Test
  void everyTokenIsAccountedForThroughFaults() throws Exception {
    Instrumentation first = deployment.instrument(Clock.systemUTC(), steady.registry());
    Instrumentation second = deployment.instrument(skewed, ending.registry());
    ModelId model = first.model();
    deployment.score(scorer);
    await().atMost(TIMEOUT).until(() -> deployment.health.problems().isEmpty());

    serve(first, second);
    runAhead(second);
    await().atMost(TIMEOUT).until(() -> ledger(model).scored() > 0);
    askLittle(first, steady);
    writeStrayRecords();
    serve(first, second);
    awaitAll(() -> assertThat(ledger(model).claimed()).isEqualTo(observed()));
    long droppedAndClaimed = ending.dropped() - ending.withheld();

    broker.pause();
    serve(first, second);
    second.close();
    await().atMost(TIMEOUT).until(() -> steady.dropped("backlog_full") > 0);
    broker.resume();
    Instrumentation third = deployment.instrument(Clock.systemUTC(), restarted.registry());
    serve(first, third);

    PublishedSummaries arrived = read(deployment.topics().activationSummaries());
    PublishedSummaries rejected = read(deployment.topics().rejected());
    // What an instance dropped after its last summary that arrived, nobody can have claimed.
    long arrivedUnconfirmed = arrived.of(second.instance()).tokens() - ending.published();
    long unclaimed = ending.dropped() - ending.withheld() - droppedAndClaimed - arrivedUnconfirmed;
    long rejectedTokens = rejected.of(second.instance()).tokens();
    long missing = steady.dropped("backlog_full") + droppedAndClaimed + rejectedTokens;
    assertThat(rejectedTokens).isPositive();
    assertThat(ending.dropped("shutdown")).isPositive();
    awaitAll(() -> assertThat(ledger(model).missing()).isEqualTo(missing));

    serve(first, third);
    third.close();
    first.close();
    assertThat(restarted.published() + restarted.withheld()).isEqualTo(restarted.observed());
    awaitAll(
        () ->
            assertThat(ledger(model).claimed() + ledger(model).waiting() + unclaimed)
                .isEqualTo(observed()));
    LedgerEntries end = ledger(model);
    assertThat(end.scored() + end.late() + end.missing()).isEqualTo(end.claimed());
    assertThat(end.missing()).isEqualTo(missing);
    assertThat(end.late()).isGreaterThanOrEqualTo(STRAGGLER_TOKENS);
    assertThat(end.duplicate()).isZero();
    assertThat(end.scored() + end.late() + end.waiting())
        .isEqualTo(
            read(deployment.topics().activationSummaries()).tokens()
                - read(deployment.topics().rejected()).tokens());
    assertThat(unaccountedInMetrics()).isEqualTo(unclaimed - STRAGGLER_TOKENS);
  }

  private static void serve(Instrumentation... instances) {
    for (Instrumentation instance : instances) {
      Traffic.serve(new ApiClient(instance.port()), PHASE, () -> {});
    }
  }

  /** Its summaries of an hour ahead are rejected, and later ones tell how much was in them. */
  private void runAhead(Instrumentation instance) {
    skewed.setAhead(Duration.ofHours(1));
    serve(instance);
    await().atMost(TIMEOUT).until(() -> ending.published() + ending.dropped() == ending.observed());
    skewed.setAhead(Duration.ZERO);
  }

  /** Too few tokens to be published, and nothing else in that time. */
  private static void askLittle(Instrumentation instance, PublisherCounts counts) {
    awaitAll(() -> assertThat(counts.published() + counts.dropped()).isEqualTo(counts.observed()));
    long before = counts.withheld();
    new ApiClient(instance.port()).prefill(new PromptLine.Text("I"));
    await().atMost(TIMEOUT).until(() -> counts.withheld() > before);
  }

  private void writeStrayRecords() throws Exception {
    Topic<ActivationSummary> topic = deployment.topics().activationSummaries();
    ActivationSummary example = read(topic).all().get(0);
    try (StrayRecords stray = new StrayRecords(topic, example, broker.bootstrapServers())) {
      stray.garbage();
      stray.underAnotherKey(11);
      stray.acrossWindows(13, WINDOW);
      stray.late(STRAGGLER_TOKENS, Duration.ofMinutes(1));
    }
  }

  private PublishedSummaries read(Topic<?> from) {
    return PublishedSummaries.read(
        from, deployment.topics().activationSummaries(), broker.bootstrapServers());
  }

  /** What all who wrote summaries that can be scored have seen, and not withheld. */
  private long observed() {
    return STRAGGLER_TOKENS
        + Stream.of(steady, ending, restarted)
            .mapToLong(counts -> counts.observed() - counts.withheld())
            .sum();
  }

  private LedgerEntries ledger(ModelId model) {
    return LedgerEntries.of(scorer, model);
  }

  private static void awaitAll(ThrowingRunnable balance) {
    await().atMost(TIMEOUT).untilAsserted(balance);
  }

  /** As the scorer's README tells operators to compute it. */
  private long unaccountedInMetrics() {
    ScrapedText metrics =
        ScrapedText.of(scorer, steady.registry(), ending.registry(), restarted.registry());
    return metrics.sum("layerwatch_publisher_observed_layer_tokens_total")
        - metrics.sum("layerwatch_publisher_dropped_layer_tokens_total", "reason", "too_few_tokens")
        - metrics.sum("layerwatch_scorer_ledger_layer_tokens", "entry", "claimed|waiting");
  }
}
