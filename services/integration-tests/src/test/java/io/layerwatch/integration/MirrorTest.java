package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.integration.KeepAliveClient.Answer;
import io.layerwatch.integration.StandInMirror.Asked;
import io.layerwatch.integration.StandInMirror.Fault;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The shipped nginx.conf, on the real nginx, before a stand-in for the server that users are
 * answered by: whatever the mirror is like, users get that server's answers, as soon.
 */
@Timeout(120)
class MirrorTest {

  private static final String MIRRORED = "/v1/completions";
  private static final String NOT_MIRRORED = "/v1/embeddings";
  private static final Duration LATENCY = Duration.ofMillis(10);
  private static final int CONNECTIONS = 4;
  private static final int REQUESTS = 75;
  private static final int HELD = 64;

  @TempDir private Path directory;

  private final StandInPrimary primary = new StandInPrimary(LATENCY);
  private final ExecutorService users = Executors.newCachedThreadPool();

  @AfterEach
  void close() {
    users.shutdownNow();
    primary.close();
  }

  /** Requests that are not mirrored go the same way at the same time. */
  @ParameterizedTest
  @EnumSource
  void usersNoticeNothingOfAMirrorThatIs(Fault fault) throws Exception {
    try (StandInMirror mirror = StandInMirror.broken(fault);
        Nginx nginx = Nginx.start(directory, primary.port(), mirror.port(), 100)) {
      List<Future<List<Answer>>> mirrored = ask(nginx, MIRRORED);
      List<Future<List<Answer>>> alone = ask(nginx, NOT_MIRRORED);
      Latencies with = Latencies.of(answers(mirrored));
      Latencies without = Latencies.of(answers(alone));
      System.out.printf("mirror %s: %s mirrored, %s not%n", fault, with, without);
      // Noise is on both sides. A user who waits for the mirror does so for 100 ms, or seconds.
      assertThat(with.median()).isLessThan(without.median() + 25);
      assertThat(with.slowest()).isLessThan(without.slowest() + 250);
      // As many as are held at a time, at the least.
      assertThat(mirror.reached()).isGreaterThanOrEqualTo(fault.takesConnections() ? HELD : 0);
    }
  }

  /** That the test above can fail: what a mirror would do to users by itself. */
  @Test
  void withoutTheRelayUsersWaitForAMirrorThatHangs() {
    try (StandInMirror mirror = StandInMirror.broken(Fault.HANGING);
        Nginx nginx = Nginx.startWithoutRelay(directory, primary.port(), mirror.port());
        KeepAliveClient user = new KeepAliveClient(nginx.port())) {
      user.post(MIRRORED, request(0));
      Duration next = user.post(MIRRORED, request(1)).time();
      System.out.printf("mirror HANGING, without the relay: %d ms%n", next.toMillis());
      assertThat(next).isGreaterThan(Duration.ofMillis(700));
    }
  }

  @Test
  void whatIsMirroredReachesTheSummaries() throws Exception {
    Path model = Repository.demoModel();
    PrometheusRegistry metrics = new PrometheusRegistry();
    try (Deployment deployment = new Deployment(directory, model, Map.of())) {
      Instrumentation service = deployment.instrument(Clock.systemUTC(), metrics);
      try (Nginx nginx = Nginx.start(directory, primary.port(), service.port(), 100);
          KeepAliveClient user = new KeepAliveClient(nginx.port())) {
        int requests = 12;
        for (int i = 0; i < requests; i++) {
          assertAnswered(user.post(MIRRORED, request(i)), request(i));
        }
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () ->
                    Metrics.value(
                            metrics, "layerwatch_requests", "endpoint", MIRRORED, "status", "200")
                        == requests);
      }
      long tokens = (long) Metrics.value(metrics, "layerwatch_prompt_tokens");
      assertThat(tokens).isGreaterThan(12 * 40);
      assertThat(Metrics.value(metrics, "layerwatch_generated_tokens")).isZero();
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(published(deployment)).isEqualTo(tokens));
    }
  }

  private static long published(Deployment deployment) {
    var topic = deployment.topics().activationSummaries();
    String brokers = (String) deployment.settings().kafka().get("bootstrap.servers");
    PublishedSummaries all = PublishedSummaries.read(topic, topic, brokers);
    return all.all().isEmpty() ? 0 : new PublishedSummaries(all.ofOneLayer()).tokens();
  }

  @Test
  void theMirrorGetsItsShareWholeAndNothingThatTellsTheUser() throws Exception {
    try (StandInMirror mirror = StandInMirror.working();
        Nginx nginx = Nginx.start(directory, primary.port(), mirror.port(), 30)) {
      answers(ask(nginx, MIRRORED));
      int all = CONNECTIONS * REQUESTS;
      // Five standard deviations of a binomial share around the mean.
      double deviation = Math.sqrt(all * 0.3 * 0.7);
      await()
          .untilAsserted(
              () ->
                  assertThat((double) mirror.asked.size())
                      .isBetween(0.3 * all - 5 * deviation, 0.3 * all + 5 * deviation));
      assertThat(mirror.asked)
          .allSatisfy(
              asked -> {
                assertThat(asked.method()).isEqualTo("POST");
                assertThat(asked.path()).isEqualTo(MIRRORED);
                assertThat(asked.headers().getFirst("X-Layerwatch-Prefill-Only")).isEqualTo("true");
                assertThat(asked.headers().containsKey("Authorization")).isFalse();
                assertThat(asked.headers().containsKey("Cookie")).isFalse();
                int number = ApiClient.JSON.readTree(asked.body()).path("number").asInt();
                assertThat(asked.body()).isEqualTo(text(request(number)));
              });
    }
  }

  @Test
  void aRequestTooLargeForTheMirrorIsAnswered() {
    byte[] large = " ".repeat(3 << 20).getBytes(StandardCharsets.US_ASCII);
    byte[] fitting = " ".repeat(900_000).getBytes(StandardCharsets.US_ASCII);
    try (StandInMirror mirror = StandInMirror.working();
        Nginx nginx = Nginx.start(directory, primary.port(), mirror.port(), 100);
        KeepAliveClient user = new KeepAliveClient(nginx.port())) {
      assertAnswered(user.post(MIRRORED, large), large);
      assertAnswered(user.post(MIRRORED, fitting), fitting);
      await().until(() -> !mirror.asked.isEmpty());
      assertThat(mirror.asked).extracting(Asked::body).containsExactly(text(fitting));
    }
  }

  @Test
  void aStreamedAnswerArrivesAsItIsWritten() throws Exception {
    try (StandInMirror mirror = StandInMirror.broken(Fault.HANGING);
        Nginx nginx = Nginx.start(directory, primary.port(), mirror.port(), 100)) {
      URI address = URI.create("http://127.0.0.1:" + nginx.port() + StandInPrimary.STREAM);
      InputStream events =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(address).POST(BodyPublishers.ofString("{}")).build(),
                  BodyHandlers.ofInputStream())
              .body();
      assertThat(text(events.readNBytes(13))).isEqualTo("data: first\n\n");
      primary.sendSecondEvent();
      assertThat(text(events.readAllBytes())).isEqualTo("data: second\n\n");
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Some users, each of whom asks one thing after the other. */
  private List<Future<List<Answer>>> ask(Nginx nginx, String path) {
    List<Future<List<Answer>>> asking = new ArrayList<>();
    for (int i = 0; i < CONNECTIONS; i++) {
      Callable<List<Answer>> asks =
          () -> {
            List<Answer> answers = new ArrayList<>();
            try (KeepAliveClient user = new KeepAliveClient(nginx.port())) {
              for (int number = 0; number < REQUESTS; number++) {
                answers.add(user.post(path, request(number)));
                assertAnswered(answers.get(number), request(number));
              }
            }
            return answers;
          };
      asking.add(users.submit(asks));
    }
    return asking;
  }

  private static List<Answer> answers(List<Future<List<Answer>>> asking) throws Exception {
    List<Answer> all = new ArrayList<>();
    for (Future<List<Answer>> each : asking) {
      all.addAll(each.get());
    }
    return all;
  }

  private static void assertAnswered(Answer answer, byte[] request) {
    assertThat(answer.status()).isEqualTo("HTTP/1.1 200 OK");
    assertThat(answer.contentType()).isEqualTo("application/json");
    assertThat(answer.body()).isEqualTo(StandInPrimary.answerTo(request));
  }

  /** As users ask a primary, by the name that it has there and for an answer as it comes. */
  private static byte[] request(int number) {
    ObjectNode body =
        ApiClient.JSON
            .createObjectNode()
            .put("model", "the-primary")
            .put(
                "prompt",
                "KING:\nMy lords, the night is cold, and colder yet the morning. " + number)
            .put("max_tokens", 200)
            .put("stream", true)
            .put("number", number);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** In milliseconds; the slowest is the 99th percentile. */
  private record Latencies(double median, double slowest) {

    static Latencies of(List<Answer> answers) {
      List<Double> millis =
          answers.stream().map(each -> each.time().toNanos() / 1e6).sorted().toList();
      return new Latencies(millis.get(millis.size() / 2), millis.get(millis.size() * 99 / 100));
    }

    @Override
    public String toString() {
      return String.format("%.1f ms (99th percentile %.1f)", median, slowest);
    }
  }
}
