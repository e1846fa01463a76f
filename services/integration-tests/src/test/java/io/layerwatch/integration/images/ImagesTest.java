package io.layerwatch.integration.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.integration.CandidateScenario;
import io.layerwatch.integration.OutageScenario;
import io.layerwatch.integration.RawRecords;
import io.layerwatch.integration.RawRecords.Place;
import io.layerwatch.runtime.process.Lifecycle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.testcontainers.containers.output.OutputFrame;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;

/**
 * Our images beside Kafka and a registry, each in a container of its own with as few rights as it
 * needs: what the services do in one process, they do here. One deployment for all tests, the last
 * of which stops it.
 */
@TestMethodOrder(OrderAnnotation.class)
@Timeout(300)
class ImagesTest {

  private static ContainerLoop loop;

  @BeforeAll
  static void start() {
    DockerCli.require("ImagesTest", Images.BASE, Images.KAFKA, Images.REGISTRY);
    Images.build();
    Map<String, String> settings = new HashMap<>(CandidateScenario.SETTINGS);
    settings.put(InstrumentationSettings.MINIMUM_TOKENS, "1");
    loop = new ContainerLoop(settings);
  }

  @AfterAll
  static void close() {
    if (loop != null) {
      loop.close();
    }
  }

  @Test
  @Order(0)
  void requestsNeverNoticeThatKafkaRestartsAndNothingIsLost() {
    OutageScenario.run(loop);
  }

  @Test
  @Order(1)
  void aScorerThatIsKilledLosesNothing() {
    OutageScenario.runWithout(
        loop,
        () -> {
          loop.scorer.kill();
          assertThat(loop.scorer.state().getExitCodeLong()).isEqualTo(137);
        },
        loop.scorer::startAgain);
  }

  @Test
  @Order(2)
  void aCandidateAppearsAndAnyAvroClientCanReadIt() throws Exception {
    CandidateScenario.run(loop);
  }

  @Test
  @Order(3)
  void aBadRecordArrivesAmongTheDeadLetters() throws Exception {
    byte[] key = "demo@r1".getBytes(StandardCharsets.UTF_8);
    byte[] value = "no summary at all".getBytes(StandardCharsets.UTF_8);
    try (RawRecords raw = new RawRecords(loop.settings().kafka(), loop.topics())) {
      Place place = RawRecords.place(raw.send(key, value));
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(raw.letters()).containsKey(place));
      var letter = raw.letters().get(place);
      assertThat(letter.key()).isEqualTo(key);
      assertThat(letter.value()).isEqualTo(value);
      assertThat(RawRecords.header(letter, "kind")).isEqualTo("undecodable");
    }
    loop.awaitReady();
  }

  @Test
  @Order(4)
  void everyImageIsHealthyByItsOwnCheck() {
    for (ServiceContainer service : loop.services()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () -> assertThat(service.state().getHealth().getStatus()).isEqualTo("healthy"));
      assertThat(service.exec("/opt/layerwatch/bin/healthy", "/readyz")).isEqualTo("ready");
    }
  }

  /** That the test above can fail. */
  @Test
  @Order(4)
  void theCheckFailsWhereNothingIsServed() throws Exception {
    var result =
        loop.scorer.execInContainer("/opt/layerwatch/bin/healthy", "http://127.0.0.1:9401/healthz");
    assertThat(result.getExitCode()).isEqualTo(1);
    assertThat(result.getStdout()).contains("http://127.0.0.1:9401/healthz: Connection refused");
  }

  @Test
  @Order(4)
  void nobodyIsRootAndNothingIsWrittenOutsideOfTheDeclaredPlaces() throws Exception {
    for (ServiceContainer service : loop.services()) {
      assertThat(service.exec("id", "-u")).isEqualTo("10001");
      assertThat(service.exec("sh", "-c", "grep CapEff /proc/1/status"))
          .endsWith("0000000000000000");
      assertThat(service.exec("touch", "/tmp/x")).isEmpty();
      assertThat(service.execInContainer("touch", "/opt/layerwatch/x").getExitCode()).isNotZero();
    }
  }

  @Test
  @Order(4)
  void everyImageHasItsOwnClassPathOnly() {
    String classes = "ls /opt/layerwatch/app /opt/layerwatch/lib /opt/layerwatch/rocksdb";
    for (ServiceContainer service : List.of(loop.scorer, loop.recommender)) {
      assertThat(service.exec("sh", "-c", classes))
          .contains("kafka-streams-", "librocksdbjni-linux64.so")
          .doesNotContain("tokenizers", "pytorch", "kafka_2.13", "netty", "musl", "win64");
    }
    assertThat(loop.scorer.exec("sh", "-c", classes)).doesNotContain("layerwatch-recommender");
    assertThat(loop.instrumentation.exec("sh", "-c", classes))
        .contains("pytorch-engine-")
        .doesNotContain("pytorch-native", "layerwatch-scorer", "layerwatch-recommender");
  }

  @Test
  @Order(5)
  void badSettingsAreListedAndEndTheContainerWithTwo() {
    Map<String, String> bad =
        Map.of("scorer.window.size", "5", "scorer.windw.grace", "1s", "topics.partitions", "0");
    try (ServiceContainer scorer =
        new ServiceContainer("scorer", bad)
            .withEnv("JAVA_OPTS", "-XX:-UseSerialGC -XX:+UseG1GC -Xlog:gc")
            .withStartupCheckStrategy(
                new OneShotStartupCheckStrategy() {
                  @Override
                  public StartupStatus checkStartupState(
                      com.github.dockerjava.api.DockerClient docker, String id) {
                    // It ends with 2, as it shall.
                    return Boolean.TRUE.equals(getCurrentState(docker, id).getRunning())
                        ? StartupStatus.NOT_YET_KNOWN
                        : StartupStatus.SUCCESSFUL;
                  }
                })) {
      scorer.start();
      assertThat(scorer.state().getExitCodeLong()).isEqualTo(2);
      assertThat(scorer.getLogs(OutputFrame.OutputType.STDERR))
          .contains("layerwatch score: wrong options or settings:")
          .contains("  scorer.window.size: expected a positive duration such as 5s, got \"5\"")
          .contains("  scorer.windw.grace: unknown setting; did you mean scorer.window.grace?")
          .contains("  topics.partitions: expected 1 or more, got \"0\"");
      assertThat(scorer.getLogs(OutputFrame.OutputType.STDOUT)).contains("Using G1");
    }
  }

  @Test
  @Order(6)
  void sigtermEndsEveryContainerInTime() {
    for (ServiceContainer service : loop.services()) {
      Duration took = service.stopInOrder();
      assertThat(took)
          .as(service.getLogs())
          .isLessThan(Lifecycle.CLOSE_WITHIN.plus(Duration.ofSeconds(2)));
      assertThat(service.state().getExitCodeLong()).as(service.getLogs()).isEqualTo(143);
    }
  }
}
