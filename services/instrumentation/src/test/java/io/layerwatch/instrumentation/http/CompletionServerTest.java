package io.layerwatch.instrumentation.http;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.Port;
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
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The API over HTTP, on a tiny random model. */
class CompletionServerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static LanguageModel model;
  private static CompletionServer server;

  @BeforeAll
  static void serve(@TempDir Path directory) throws IOException {
    Path written = new TinyCheckpoint(5, true).write(directory.resolve("tiny"), TensorType.F32);
    // No end token, so that only limits end a text.
    JSON.writeValue(
        written.resolve("config.json").toFile(),
        new TinyCheckpoint(5, true).config().without("eos_token_id"));
    model = LanguageModel.load(LanguageModel.Source.of(written));
    server =
        new CompletionServer(
            CompletionServer.Options.local(2)
                .withBounds(
                    new CompletionServer.Bounds(
                        1 << 20,
                        Duration.ofSeconds(3),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(1))),
            model,
            () -> SequenceProbe.NONE,
            new RequestMetrics(new PrometheusRegistry()));
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  @Test
  void aTakenPortIsRefusedUnlessAnyDoes() {
    Port taken = new Port(server.port(), false);
    assertThatThrownBy(() -> serveOn(taken))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith(
            "instrumentation.http.port: cannot listen on 127.0.0.1:" + server.port());
    try (CompletionServer other = serveOn(taken.orElseAny())) {
      assertThat(other.port()).isPositive().isNotEqualTo(server.port());
    }
  }

  private static CompletionServer serveOn(Port port) {
    return new CompletionServer(
        new CompletionServer.Options(
            "127.0.0.1",
            port,
            1,
            1,
            1,
            CompletionServer.Bounds.DEFAULT,
            Optional.empty(),
            EndpointSecurity.NONE),
        model,
        () -> SequenceProbe.NONE,
        new RequestMetrics(new PrometheusRegistry()));
  }

  @Test
  void answersInTheShapeOfOpenAi() throws Exception {
    JsonNode answer = ok("{\"prompt\": \"Hello\", \"max_tokens\": 5, \"temperature\": 0}");
    assertThat(answer.path("object").asText()).isEqualTo("text_completion");
    assertThat(answer.path("model").asText()).isEqualTo("tiny");
    assertThat(answer.path("choices").path(0).path("finish_reason").asText()).isEqualTo("length");
    // <s> and five bytes.
    assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(6);
    assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(5);
  }

  @Test
  void theSameSeedGivesTheSameText() throws Exception {
    String body = "{\"prompt\": \"A\", \"max_tokens\": 20, \"temperature\": 1.5, \"seed\": %d}";
    String first = text(ok(String.format(body, 1)));
    assertThat(text(ok(String.format(body, 1)))).isEqualTo(first);
    assertThat(text(ok(String.format(body, 2)))).isNotEqualTo(first);
  }

  @Test
  void tokenIdsAreTakenAsTheyAre() throws Exception {
    JsonNode answer = ok("{\"prompt\": [256, 72, 105], \"max_tokens\": 0}");
    assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(3);
    assertThat(answer.path("usage").path("completion_tokens").asInt()).isZero();
    assertThat(text(answer)).isEmpty();
  }

  /** A mirror's requests are somebody else's. */
  @Test
  void underThePrefillHeaderOnlyThePromptCounts() throws Exception {
    HttpResponse<String> response =
        post(
            "/v1/completions",
            "{\"prompt\": \"Hello\", \"model\": \"the-primary\", \"max_tokens\": 5, \"stream\": true,"
                + " \"logprobs\": 2, \"stop\": [\"x\"], \"top_k\": 5, \"temperature\": 9}",
            "true");
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(6);
    assertThat(answer.path("usage").path("completion_tokens").asInt()).isZero();
    assertThat(text(answer)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "false | {\"prompt\": \"a\", \"top_k\": 5} | top_k: not supported",
        "yes | {\"prompt\": \"a\"} | X-Layerwatch-Prefill-Only: expected true or false, got \"yes\"",
        "true | {\"max_tokens\": 3} | prompt: expected a text, an array of token ids",
        "true | not json | body: expected JSON",
      })
  void thePrefillHeaderExcusesNoBadPrompt(String header, String body, String message)
      throws Exception {
    HttpResponse<String> response = post("/v1/completions", body, header);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(JSON.readTree(response.body()).path("error").path("message").asText())
        .startsWith(message);
  }

  @Test
  void generationEndsAtTheContext() throws Exception {
    String prompt = IntStream.range(0, 40).mapToObj(Integer::toString).collect(joining(","));
    JsonNode answer =
        ok("{\"prompt\": [" + prompt + "], \"max_tokens\": 1000, \"temperature\": 0}");
    assertThat(answer.path("choices").path(0).path("finish_reason").asText()).isEqualTo("length");
    // The last token is never passed through the model, and needs no place in the context.
    assertThat(answer.path("usage").path("total_tokens").asInt())
        .isEqualTo(TinyCheckpoint.CONTEXT + 1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"prompt\": 5} | 400 | prompt | prompt: expected a text, an array of token ids, or",
        "{} | 400 | prompt | prompt: expected a text, an array of token ids, or an array of either",
        "{\"prompt\": []} | 400 | prompt | prompt: expected at least one token, got none",
        "{\"prompt\": [\"a\", 5]} | 400 | prompt | prompt: expected a text, an array of token ids",
        "{\"prompt\": [9999]} | 400 | prompt | prompt: expected token ids from 0 to 257, got 9999",
        "{\"prompt\": \"a\", \"max_tokens\": -1} | 400 | max_tokens | max_tokens: expected a whole",
        "{\"prompt\": \"a\", \"temperature\": -1} | 400 | temperature | temperature: expected a",
        "{\"prompt\": \"a\", \"top_p\": 0} | 400 | top_p | top_p: expected a number above 0",
        "{\"prompt\": \"a\", \"stream\": 1} | 400 | stream | stream: expected true or false, got 1",
        "{\"prompt\": \"a\", \"logprobs\": 6} | 400 | logprobs | logprobs: expected a whole number"
            + " from 0 to 5, got 6",
        "{\"prompt\": \"a\", \"presence_penalty\": 3} | 400 | presence_penalty |"
            + " presence_penalty: expected a number from -2 to 2",
        "{\"prompt\": \"a\", \"logit_bias\": {\"258\": 1}} | 400 | logit_bias | logit_bias: expected",
        "{\"prompt\": \"a\", \"stop\": [\"a\", \"b\", \"c\", \"d\", \"e\"]} | 400 | stop | stop: expected",
        "{\"prompt\": \"a\", \"stop\": \"\"} | 400 | stop | stop: expected a text that is not empty",
        "{\"prompt\": \"a\", \"n\": 1.9} | 400 | n | n: not supported, got 1.9",
        "{\"prompt\": \"a\", \"best_of\": 0} | 400 | best_of | best_of: not supported, got 0",
        "{\"prompt\": \"a\", \"suffix\": \"b\"} | 400 | suffix | suffix: not supported",
        "{\"prompt\": \"a\", \"top_k\": 5} | 400 | top_k | top_k: not supported, got 5",
        "{\"prompt\": \"a\", \"stream_options\": {}} | 400 | stream_options | stream_options: expected",
        "{\"prompt\": \"a\", \"seed\": 1.5} | 400 | seed | seed: expected a whole number",
        "{\"prompt\": \"a\", \"model\": \"gpt\"} | 404 | model | model: expected \"tiny\"",
        "not json | 400 | body | body: expected JSON",
        "{\"prompt\": \"a\"} x | 400 | body | body: expected JSON",
        "[] | 400 | body | body: expected a JSON object"
      })
  void aBadRequestIsToldWhatWasExpected(String body, int status, String parameter, String message)
      throws Exception {
    HttpResponse<String> response = post("/v1/completions", body);
    assertThat(response.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertThat(error.path("message").asText()).startsWith(message);
    assertThat(error.path("param").asText()).isEqualTo(parameter);
    assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
    assertThat(error.path("code").asText()).isEqualTo(status == 404 ? "model_not_found" : "null");
  }

  @Test
  void aPromptPastTheContextIsRefused() throws Exception {
    HttpResponse<String> response =
        post("/v1/completions", "{\"prompt\": \"" + "x".repeat(60) + "\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body())
        .contains("prompt: expected at most 48 tokens, the model's context, got 61");
  }

  @Test
  void anOversizeBodyIsRefused() throws Exception {
    HttpResponse<String> response = post("/v1/completions", "x".repeat(2 << 20));
    assertThat(response.statusCode()).isEqualTo(413);
  }

  @Test
  void parametersThatChangeNothingAreTaken() throws Exception {
    ok(
        "{\"prompt\": \"a\", \"max_tokens\": 1, \"n\": 1, \"best_of\": 1, \"stream\": false,"
            + " \"presence_penalty\": 0.0, \"stop\": [], \"logprobs\": null, \"suffix\": null,"
            + " \"user\": \"me\", \"metadata\": {\"a\": \"b\"}, \"echo\": false}");
  }

  @Test
  void clientsThatSendNothingMoreHoldNobodyUpAndAreCutOff() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < 70; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        stalled.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII));
      }
      Instant start = Instant.now();
      ok("{\"prompt\": \"a\", \"max_tokens\": 1}");
      assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofMillis(2_500));
      stalled.get(0).setSoTimeout(20_000);
      String last =
          new String(stalled.get(0).getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      assertThat(last).startsWith("HTTP/1.1 408").contains("expected the whole request within 3 s");
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  @Test
  void listsTheServedModel() throws Exception {
    JsonNode served = get("/v1/models").path("data").path(0);
    assertThat(served.path("id").asText()).isEqualTo("tiny");
    assertThat(served.path("revision").asText()).isEqualTo(model.id().revision());
    assertThat(post("/v1/models", "").statusCode()).isEqualTo(405);
    assertThat(get("/v1/models/other").path("error").path("code").asText())
        .isEqualTo("model_not_found");
    assertThat(get("/v1/models/tiny").path("id").asText()).isEqualTo("tiny");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/completionsx", "/v1/chat"})
  void aPathThatIsNotServedIsNotFound(String path) throws Exception {
    assertThat(post(path, "{}").statusCode()).isEqualTo(404);
    assertThat(get(path).path("error").path("message").asText())
        .isEqualTo("expected /v1/completions, /v1/chat/completions or /v1/models, got " + path);
  }

  private static JsonNode get(String path) throws Exception {
    return JSON.readTree(
        HTTP.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString()).body());
  }

  private static JsonNode ok(String body) throws Exception {
    HttpResponse<String> response = post("/v1/completions", body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static String text(JsonNode answer) {
    return answer.path("choices").path(0).path("text").asText();
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static HttpResponse<String> post(String path, String body, String prefillOnly)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(uri(path))
            .header("X-Layerwatch-Prefill-Only", prefillOnly)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
