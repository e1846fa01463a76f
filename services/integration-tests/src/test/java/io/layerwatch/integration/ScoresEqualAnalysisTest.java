package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.LayerScores;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.analyze.OfflineAnalysis;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.scorer.ScorerSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What arrives on the topic for a replayed prompts file equals what {@code analyze} says of the
 * same file: over a real broker, with two instances that share the work.
 */
class ScoresEqualAnalysisTest {

  private static final double[] THRESHOLDS = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void onTheDemoModelWhateverThePartitionCount(int partitions) {
    compare(Repository.demoModel(), PromptLine.read(Repository.demoPrompts()), partitions);
  }

  @Test
  void onAPretrainedModel() throws Exception {
    Path model = Repository.shared("models/stories260k");
    String stories = Files.readString(Repository.shared("data/tinystories-sample.txt"));
    List<PromptLine> prompts = new ArrayList<>();
    for (String story : stories.split("<\\|endoftext\\|>")) {
      if (!story.isBlank()) {
        prompts.add(new PromptLine.Text(story.trim()));
      }
    }
    compare(model, prompts, 3);
  }

  private void compare(Path model, List<PromptLine> prompts, int partitions) {
    OfflineAnalysis offline = analyze(model, prompts);
    Received received = new Received();
    try (Deployment deployment =
        new Deployment(
            directory,
            model,
            Map.of(
                CommonSettings.TOPICS_PARTITIONS,
                Integer.toString(partitions),
                ScorerSettings.WINDOW_SIZE,
                "1m"))) {
      MutableClock clock = new MutableClock(startOfThisWindow());
      PrometheusRegistry firstMetrics = new PrometheusRegistry();
      PrometheusRegistry secondMetrics = new PrometheusRegistry();
      Instrumentation first = deployment.instrument(clock, firstMetrics);
      Instrumentation second = deployment.instrument(clock, secondMetrics);
      deployment.score();
      ScoreFeed feed = new ScoreFeed(deployment.topics(), deployment.settings().kafka(), received);
      try (feed) {
        replay(prompts, new ApiClient(first.port()), new ApiClient(second.port()));
        clock.advance(Duration.ofSeconds(2));
        long layers = offline.model().config().layerCount();
        awaitPublished(
            offline.tokens() * layers * Site.values().length, firstMetrics, secondMetrics);
        clock.advance(WINDOW.multipliedBy(2));
        await()
            .atMost(TIMEOUT)
            .untilAsserted(
                () -> {
                  for (Site site : Site.values()) {
                    assertThat(received.withTokens(site.id())).hasSize(1);
                  }
                });
      }
    }
    for (Site site : Site.values()) {
      ModelScores scores = received.withTokens(site.id()).get(0);
      assertThat(scores.incompleteReason()).isEmpty();
      assertThat(scores.instances()).hasSize(2);
      assertSame(scores, offline, site);
    }
  }

  private static void replay(List<PromptLine> prompts, ApiClient first, ApiClient second) {
    for (int i = 0; i < prompts.size(); i++) {
      (i % 2 == 0 ? first : second).prefill(prompts.get(i));
    }
  }

  private static void awaitPublished(long layerTokens, PrometheusRegistry... registries) {
    await()
        .atMost(TIMEOUT)
        .until(
            () -> {
              double published = 0;
              for (PrometheusRegistry registry : registries) {
                published += Metrics.value(registry, "layerwatch_publisher_published_layer_tokens");
              }
              return published == layerTokens;
            });
  }

  private static OfflineAnalysis analyze(Path directory, List<PromptLine> prompts) {
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(directory))) {
      OfflineAnalysis analysis =
          new OfflineAnalysis(model, new ActivationProbe(List.of(Site.values()), THRESHOLDS));
      prompts.forEach(prompt -> analysis.add(prompt.encode(model.tokenizer())));
      return analysis;
    }
  }

  private static void assertSame(ModelScores scores, OfflineAnalysis offline, Site site) {
    List<LayerScore> expected =
        LayerScores.of(
            offline.statistics(site), scores.shape().layerCount(), scores.sparsityThreshold());
    assertThat(scores.layers()).hasSameSizeAs(expected);
    for (int layer = 0; layer < expected.size(); layer++) {
      LayerScore online = scores.layers().get(layer);
      LayerScore reference = expected.get(layer);
      LayerStatistics a = online.statistics();
      LayerStatistics b = reference.statistics();
      assertThat(a.tokens()).isEqualTo(b.tokens());
      assertThat(a.sequences()).isEqualTo(b.sequences());
      assertThat(a.moments().count()).isEqualTo(b.moments().count());
      assertThat(a.nearZero()).isEqualTo(b.nearZero());
      assertClose(a.moments().variance(), b.moments().variance());
      assertThat(a.moments().min()).isEqualTo(b.moments().min());
      assertThat(a.moments().max()).isEqualTo(b.moments().max());
      assertClose(a.pooledVariance().orElseThrow(), b.pooledVariance().orElseThrow());
      assertClose(a.blockInfluence().orElseThrow(), b.blockInfluence().orElseThrow());
      assertClose(online.avss().score().orElseThrow(), reference.avss().score().orElseThrow());
      assertClose(online.normalizedAvss().orElseThrow(), reference.normalizedAvss().orElseThrow());
      assertThat(a.moments().mean())
          .isCloseTo(b.moments().mean(), within(1e-6 * Math.sqrt(b.moments().variance())));
    }
  }

  private static void assertClose(double actual, double expected) {
    assertThat(actual).isCloseTo(expected, within(1e-6 * Math.abs(expected)));
  }

  private static Instant startOfThisWindow() {
    long size = WINDOW.toMillis();
    return Instant.ofEpochMilli(System.currentTimeMillis() / size * size);
  }
}
