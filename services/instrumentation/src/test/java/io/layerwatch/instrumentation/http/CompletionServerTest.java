package io.layerwatch.instrumentation.http;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
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
import java.util.ArrayList;
import java.util.List;
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
            new CompletionServer.Options("127.0.0.1", 0, 2),
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
        "{\"prompt\": 5} | 400 | prompt: expected a text or an array of token ids",
        "{} | 400 | prompt: expected a text or an array of token ids",
        "{\"prompt\": []} | 400 | prompt: expected at least one token, got none",
        "{\"prompt\": [9999]} | 400 | prompt: expected token ids from 0 to 257, got 9999",
        "{\"prompt\": \"a\", \"max_tokens\": -1} | 400 | max_tokens: expected a whole number",
        "{\"prompt\": \"a\", \"temperature\": -1} | 400 | temperature: expected a number",
        "{\"prompt\": \"a\", \"top_p\": 0} | 400 | top_p: expected a number above 0",
        "{\"prompt\": \"a\", \"stream\": true} | 400 | stream: not supported yet",
        "{\"prompt\": \"a\", \"logprobs\": 2} | 400 | logprobs: not supported yet",
        "{\"prompt\": \"a\", \"presence_penalty\": 0.9} | 400 | presence_penalty: not supported yet",
        "{\"prompt\": \"a\", \"frequency_penalty\": -0.5} | 400 | frequency_penalty: not supported",
        "{\"prompt\": \"a\", \"n\": 1.9} | 400 | n: not supported yet",
        "{\"prompt\": \"a\", \"best_of\": 0} | 400 | best_of: not supported yet",
        "{\"prompt\": \"a\", \"top_k\": 5} | 400 | top_k: not supported yet, got 5",
        "{\"prompt\": \"a\", \"echo\": true} | 400 | echo: not supported yet",
        "{\"prompt\": \"a\", \"seed\": 1.5} | 400 | seed: expected a whole number",
        "{\"prompt\": \"a\", \"model\": \"gpt\"} | 404 | model: expected \"tiny\"",
        "not json | 400 | body: expected JSON",
        "[] | 400 | body: expected a JSON object"
      })
  void aBadRequestIsToldWhatWasExpected(String body, int status, String message) throws Exception {
    HttpResponse<String> response = post("/v1/completions", body);
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(response.body()).path("error").path("message").asText())
        .startsWith(message);
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
            + " \"presence_penalty\": 0.0, \"stop\": [], \"logprobs\": null, \"suffix\": null}");
  }

  @Test
  void clientsThatSendNothingMoreAreCutOff() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try {
      // More than there are connection threads; the build gives clients three seconds.
      for (int i = 0; i < 70; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        stalled.add(socket);
        socket
            .getOutputStream()
            .write(
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
                    .getBytes(StandardCharsets.US_ASCII));
      }
      ok("{\"prompt\": \"a\", \"max_tokens\": 1}");
      stalled.get(0).setSoTimeout(20_000);
      assertThat(stalled.get(0).getInputStream().read()).as("end of stream").isEqualTo(-1);
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
    assertThat(get("/v1/models/tiny").path("id").asText()).isEqualTo("tiny");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/v1/chat/completions", "/v1/completionsx", "/v1/models/other"})
  void aPathThatIsNotServedIsNotFound(String path) throws Exception {
    assertThat(post(path, "{}").statusCode()).isEqualTo(404);
    assertThat(get(path).path("error").path("message").asText())
        .isEqualTo("expected /v1/completions or /v1/models, got " + path);
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

  private static URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.port() + path);
  }
}
