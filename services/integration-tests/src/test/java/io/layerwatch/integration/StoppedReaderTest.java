package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.recommender.read.CurrentRecommendations;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.testing.LogRecording;
import io.layerwatch.runtime.topics.Topics;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that stops while it reads recommendations, from a broker that answers. */
class StoppedReaderTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir private Path directory;

  @Test
  void aStopWhileTheRegistryIsWaitedForIsNoError() throws Exception {
    try (Deployment deployment =
            new Deployment(directory, Repository.demoModel(), Map.of("topics.partitions", "1"));
        KafkaOnlooker kafka = new KafkaOnlooker(deployment.settings());
        TcpProxy network = new TcpProxy();
        Topics topics =
            new Topics(
                deployment.settings().text(CommonSettings.TOPICS_PREFIX),
                Map.of("schema.registry.url", "http://" + network.address()),
                Duration.ofDays(1));
        LogRecording log = new LogRecording()) {
      network.forwardTo(registry(deployment).getPort());
      network.be(TcpProxy.Condition.SILENT);
      ScriptedAdvice advice = new ScriptedAdvice(deployment.topics(), kafka, "demo@r1");
      advice.send(deployment.topics().pruningRecommendations(), advice.verified(2));
      CurrentRecommendations current =
          CurrentRecommendations.start(topics, deployment.settings().kafka(), new Health());
      await().atMost(TIMEOUT).until(() -> readerIsIn("getSchemaBySubjectAndId"));

      current.close();
      network.be(TcpProxy.Condition.GOOD);

      await().atMost(TIMEOUT).until(() -> !readerIsIn("run"));
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void aStopWhileTheTopicIsFollowedIsNoError() {
    try (Deployment deployment = new Deployment(directory, Repository.demoModel(), Map.of());
        LogRecording log = new LogRecording()) {
      for (int i = 0; i < 5; i++) {
        Health health = new Health();
        CurrentRecommendations current =
            CurrentRecommendations.start(
                deployment.topics(), deployment.settings().kafka(), health);
        await().atMost(TIMEOUT).until(() -> health.problems().isEmpty());
        current.close();
        await().atMost(TIMEOUT).until(() -> !readerIsIn("run"));
      }
      assertThat(log.warnings()).isEmpty();
    }
  }

  private static URI registry(Deployment deployment) {
    return URI.create(deployment.settings().text(CommonSettings.SCHEMA_REGISTRY_URL));
  }

  private static boolean readerIsIn(String method) {
    return Thread.getAllStackTraces().entrySet().stream()
        .filter(thread -> thread.getKey().getName().equals("layerwatch-recommendations"))
        .flatMap(thread -> Arrays.stream(thread.getValue()))
        .anyMatch(frame -> frame.getMethodName().equals(method));
  }
}
