package io.layerwatch.instrumentation.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.chat.ChatTemplate;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.http.CompletionServer.Bounds;
import io.layerwatch.instrumentation.http.CompletionServer.Options;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Queue, time limits, clients that go away, draining, and chats without and with a template. */
class ServingLimitsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ENDLESS =
      "{\"prompt\": [1, 2, 3], \"max_tokens\": 1000000, \"temperature\": 1, \"seed\": 1%s}";

  /** Encoded first, then refused. */
  private static final String SLOW_TO_READ =
      "{\"prompt\": \"" + "a b ".repeat(60_000) + "\", \"logprobs\": 99}";

  private static final String SHORT = "{\"prompt\": \"a\", \"max_tokens\": 1}";

  private static LanguageModel model;

  private final HttpClient http = HttpClient.newHttpClient();
  private final PrometheusRegistry registry = new PrometheusRegistry();

  @TempDir private Path directory;

  @BeforeAll
  static void load(@TempDir Path directory) throws IOException {
    Path written = new TinyCheckpoint(5, true).write(directory.resolve("tiny"), TensorType.F32);
    var config = new TinyCheckpoint(5, true).config();
    // No end token, and far more positions than anybody waits for.
    config.put("max_position_embeddings", 1_000_000).remove("eos_token_id");
    JSON.writeValue(written.resolve("config.json").toFile(), config);
    model = LanguageModel.load(LanguageModel.Source.of(written));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void oneRequestTooManyIsTurnedAwayAndTheOthersAreNot() throws Exception {
    try (CompletionServer server = serve(Options.local(1).withQueue(1), Duration.ofMinutes(1))) {
      CompletableFuture<HttpResponse<String>> running = send(server, ENDLESS.formatted(""));
      await().until(() -> metric("layerwatch_requests_running") == 1);
      CompletableFuture<HttpResponse<String>> waiting = send(server, SHORT);
      await().until(() -> metric("layerwatch_requests_waiting") == 1);
      HttpResponse<String> refused = send(server, SHORT).get(5, TimeUnit.SECONDS);
      assertThat(refused.statusCode()).isEqualTo(429);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      assertThat(JSON.readTree(refused.body()).path("error").path("code").asText())
          .isEqualTo("rate_limit_exceeded");
      // Gives its place to the one that waits.
      assertThat(running.cancel(true)).isTrue();
      assertThat(waiting.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void badRequestsAreToldSoWhileEveryInferenceThreadIsTaken() throws Exception {
    try (CompletionServer server = serve(Options.local(1), Duration.ofMinutes(1))) {
      CompletableFuture<HttpResponse<String>> running = send(server, ENDLESS.formatted(""));
      await().until(() -> metric("layerwatch_requests_running") == 1);
      Instant start = Instant.now();
      assertThat(send(server, "{\"prompt\": [9999]}").get(5, TimeUnit.SECONDS).statusCode())
          .isEqualTo(400);
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
      assertThat(running.cancel(true)).isTrue();
    }
  }

  @Test
  void aClientThatGoesAwayEndsItsGeneration() throws Exception {
    try (CompletionServer server = serve(Options.local(2), Duration.ofMinutes(1))) {
      for (String more : new String[] {"", ", \"stream\": true"}) {
        String body = ENDLESS.formatted(more);
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
          socket
              .getOutputStream()
              .write(
                  ("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: "
                          + body.length()
                          + "\r\n\r\n"
                          + body)
                      .getBytes(StandardCharsets.US_ASCII));
          await().until(() -> metric("layerwatch_requests_running") == 1);
        }
        await().until(() -> metric("layerwatch_requests_running") == 0);
      }
      await().until(() -> ended(499) == 2);
      assertThat(metric("layerwatch_prompt_tokens_total")).isEqualTo(6);
    }
  }

  /** The answer piles up, since nobody reads it, but not for ever. */
  @Test
  void aClientThatDoesNotReadItsStreamIsCutOff() throws Exception {
    try (CompletionServer server = serve(Options.local(1), Duration.ofMinutes(1));
        Socket socket = new Socket()) {
      socket.setReceiveBufferSize(4096);
      socket.connect(new java.net.InetSocketAddress("127.0.0.1", server.port()));
      String body = ENDLESS.formatted(", \"stream\": true, \"logprobs\": 5");
      socket
          .getOutputStream()
          .write(
              ("POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: "
                      + body.length()
                      + "\r\n\r\n"
                      + body)
                  .getBytes(StandardCharsets.US_ASCII));
      await().atMost(Duration.ofSeconds(45)).until(() -> ended(499) == 1);
      await().until(() -> metric("layerwatch_requests_running") == 0);
    }
  }

  @Test
  void theTimeLimitIsAnErrorWholeAndInAStream() throws Exception {
    try (CompletionServer server = serve(Options.local(1), Duration.ofMillis(300))) {
      HttpResponse<String> whole = send(server, ENDLESS.formatted("")).get(10, TimeUnit.SECONDS);
      assertThat(whole.statusCode()).isEqualTo(408);
      assertThat(whole.headers().firstValue("x-should-retry")).contains("false");
      HttpResponse<String> stream =
          send(server, ENDLESS.formatted(", \"stream\": true")).get(10, TimeUnit.SECONDS);
      assertThat(stream.statusCode()).isEqualTo(200);
      String[] events = stream.body().split("\n\n");
      JsonNode last = JSON.readTree(events[events.length - 1].substring("data: ".length()));
      assertThat(last.path("error").path("code").asText()).isEqualTo("request_timeout");
      assertThat(stream.body()).doesNotContain("[DONE]");
      assertThat(ended(408)).isEqualTo(2);
      assertThat(send(server, SHORT).get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aStopLetsRunningRequestsEndAndTurnsNewOnesAway() throws Exception {
    CompletionServer server =
        serve(Options.local(1), Duration.ofMinutes(1), Duration.ofSeconds(30));
    CompletableFuture<HttpResponse<String>> running =
        send(server, "{\"prompt\": [1, 2], \"max_tokens\": 2000, \"seed\": 1}");
    await().until(() -> metric("layerwatch_requests_running") == 1);
    CompletableFuture<Void> closed = CompletableFuture.runAsync(server::close);
    await()
        .until(
            () ->
                running.isDone()
                    || send(server, SHORT).get(5, TimeUnit.SECONDS).statusCode() == 503);
    assertThat(running.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    closed.get(10, TimeUnit.SECONDS);
    assertThat(ended(200)).isEqualTo(1);
  }

  /** What is still read and encoded when the stop comes is admitted, too. */
  @Test
  void aStopAnswersWhatIsBeingPrepared() throws Exception {
    CompletionServer server =
        serve(Options.local(1), Duration.ofMinutes(1), Duration.ofSeconds(30));
    // Longer than the context takes: encoded, then refused.
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(send(server, SLOW_TO_READ));
    }
    for (int i = 0; i < 6; i++) {
      answers.add(send(server, SHORT));
    }
    await()
        .pollInterval(Duration.ofMillis(5))
        .until(
            () ->
                metric("layerwatch_requests_preparing")
                        + metric("layerwatch_requests_waiting")
                        + metric("layerwatch_requests_running")
                        + answers.stream().filter(CompletableFuture::isDone).count()
                    >= answers.size());
    server.close();
    for (CompletableFuture<HttpResponse<String>> answer : answers.subList(0, 6)) {
      assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(400);
    }
    for (CompletableFuture<HttpResponse<String>> answer : answers.subList(6, 12)) {
      assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aStopWithoutTimeRefusesWhatIsBeingPrepared() throws Exception {
    CompletionServer server = serve(Options.local(1), Duration.ofMinutes(1));
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(send(server, SLOW_TO_READ));
    }
    await().until(() -> metric("layerwatch_requests_preparing") >= 3);
    double preparing = metric("layerwatch_requests_preparing");
    server.close();
    long refused = 0;
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      Optional<Integer> status =
          answer
              .handle((response, gone) -> Optional.ofNullable(response))
              .get()
              .map(HttpResponse::statusCode);
      refused += status.filter(code -> code == 503).isPresent() ? 1 : 0;
    }
    assertThat(refused).isBetween(1L, (long) preparing + 3);
  }

  @Test
  void aChatNeedsATemplate() throws Exception {
    String chat = "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"max_tokens\": 0}";
    try (CompletionServer server = serve(Options.local(1), Duration.ofMinutes(1))) {
      HttpResponse<String> refused = send(server, "/v1/chat/completions", chat).get();
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("the model has no chat template");
    }
  }

  @Test
  void marksOfATemplateAreTokensAndComeOnce() throws Exception {
    Files.writeString(
        directory.resolve("chat_template.jinja"),
        "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}"
            + "{{ raise_exception('no system') }}{% endif %}{{ m.content }}</s>{% endfor %}");
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"bos_token\": {\"content\": \"<s>\"}, \"chat_template\": \"not this one\"}");
    ChatTemplate template = ChatTemplate.read(directory).orElseThrow();
    try (CompletionServer server =
        serve(Options.local(1).withTemplate(template), Duration.ofMinutes(1))) {
      HttpResponse<String> answer =
          send(
                  server,
                  "/v1/chat/completions",
                  "{\"messages\": [{\"role\": \"user\", \"content\": [{\"type\": \"text\","
                      + " \"text\": \"Hi\"}]}], \"max_completion_tokens\": 0}")
              .get();
      // <s>, two bytes, </s>.
      assertThat(JSON.readTree(answer.body()).path("usage").path("prompt_tokens").asInt())
          .isEqualTo(4);
      HttpResponse<String> refused =
          send(
                  server,
                  "/v1/chat/completions",
                  "{\"messages\": [{\"role\": \"system\", \"content\": \"Hi\"}]}")
              .get();
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(JSON.readTree(refused.body()).path("error").path("message").asText())
          .isEqualTo("messages: the chat template refuses them: no system");
    }
  }

  private CompletionServer serve(Options options, Duration limit) {
    return serve(options, limit, Duration.ZERO);
  }

  private CompletionServer serve(Options options, Duration limit, Duration drain) {
    return new CompletionServer(
        options.withBounds(new Bounds(1 << 20, Duration.ofSeconds(30), limit, drain)),
        model,
        () -> SequenceProbe.NONE,
        new RequestMetrics(registry));
  }

  private CompletableFuture<HttpResponse<String>> send(CompletionServer server, String body) {
    return send(server, "/v1/completions", body);
  }

  private CompletableFuture<HttpResponse<String>> send(
      CompletionServer server, String path, String body) {
    URI address = URI.create("http://127.0.0.1:" + server.port() + path);
    return http.sendAsync(
        HttpRequest.newBuilder(address).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private double metric(String name) {
    return Metrics.value(registry, name);
  }

  private double ended(int status) {
    return Metrics.value(
        registry,
        "layerwatch_requests_total",
        "endpoint",
        "/v1/completions",
        "status",
        Integer.toString(status));
  }
}
