package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.pruning.PruningPolicy;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which advice a recommender shows that finds it in its state as it starts. */
class RestartTest {

  private static final Windows DEMO = Windows.DEMO;

  /** When the first of the demo model's windows ends. */
  private static final Instant ADVISED = Instant.ofEpochSecond(60);

  private final PruningPolicy policy = new PruningPolicy(RecommenderHarness.CRITERIA);
  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final MockProcessorContext<Object, Object> context = new MockProcessorContext<>();
  private final Topics topics =
      new Topics(
          "layerwatch.",
          Map.of("schema.registry.url", "mock://restart", "auto.register.schemas", true),
          Duration.ofDays(1));
  private final KeyValueStore<String, ModelScores> history =
      store(Recommending.HISTORY, topics.layerScores());
  private final KeyValueStore<String, PruningRecommendation> current =
      store(Recommending.CURRENT, topics.pruningRecommendations());

  @AfterEach
  void close() {
    topics.close();
  }

  @Test
  void adviceIsShownBeforeTheNextWindow() {
    advise();
    start(ADVISED.plus(Duration.ofHours(23)));
    assertThat(shown()).isEqualTo(1);
  }

  @Test
  void adviceOnAModelThatIsServedNoMoreStaysHidden() {
    advise();
    start(ADVISED.plus(Duration.ofHours(25)));
    assertThat(shown()).isNaN();
    assertThat(current.approximateNumEntries()).as("advice stays").isEqualTo(1);
  }

  @Test
  void oldAdviceIsShownWhileItsModelHasWindows() {
    advise();
    ModelScores late = DEMO.lowest(2, 24 * 60);
    new EvidenceHistory(history, policy).keepOther(DEMO.model().key(), late);
    start(ADVISED.plus(Duration.ofHours(25)));
    assertThat(shown()).isEqualTo(1);
  }

  private void advise() {
    current.put(
        DEMO.model().key(),
        new PruningRecommendation(
            DEMO.model(),
            ADVISED,
            policy.criteria().site(),
            policy.criteria().ranking(),
            4,
            policy.criteria().windows(),
            policy.initial()));
  }

  private void start(Instant now) {
    context.setCurrentSystemTimeMs(now.toEpochMilli());
    new Recommending(
            policy,
            new RecommenderMetrics(metrics),
            Duration.ofHours(24),
            new DeadLetters("recommender", metrics))
        .init(context);
  }

  private double shown() {
    return Metrics.value(
        metrics,
        "layerwatch_recommendation_state",
        "model",
        DEMO.model().name(),
        "revision",
        DEMO.model().revision(),
        "state",
        "collecting");
  }

  private <T> KeyValueStore<String, T> store(String name, Topic<T> topic) {
    KeyValueStore<String, T> store =
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(name), Serdes.String(), topic.serde())
            .withLoggingDisabled()
            .build();
    store.init(context.getStateStoreContext(), store);
    context.addStateStore(store);
    return store;
  }
}
