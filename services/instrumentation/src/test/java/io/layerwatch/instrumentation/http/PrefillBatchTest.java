package io.layerwatch.instrumentation.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.http.CompletionServer.Options;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting requests that only want a prefill share passes; all others have theirs alone. */
class PrefillBatchTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static LanguageModel model;

  private final HttpClient http = HttpClient.newHttpClient();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gate gate = new Gate();

  @BeforeAll
  static void load(@TempDir Path directory) throws IOException {
    model =
        LanguageModel.load(
            LanguageModel.Source.of(
                new TinyCheckpoint(5, true).write(directory.resolve("tiny"), TensorType.F32)));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void thoseThatWaitPassAsOneAndEachHasItsOwnAnswer() throws Exception {
    try (CompletionServer server = serve(3)) {
      var first = holdTheThread(server);
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int length : new int[] {4, 5, 6, 7}) {
        answers.add(waiting(server, "{\"prompt\": " + ids(length) + ", \"max_tokens\": 0}"));
      }
      gate.passes.release(9);
      assertThat(first.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      for (int i = 0; i < answers.size(); i++) {
        JsonNode answer = ok(answers.get(i));
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(4 + i);
        assertThat(answer.path("usage").path("completion_tokens").asInt()).isZero();
        assertThat(answer.path("choices").path(0).path("finish_reason").asText())
            .isEqualTo("length");
      }
      assertThat(gate.batches).as("prompts in each pass").containsExactly(1, 3, 3, 3, 1);
      assertThat(gate.tokens).containsExactly(3, 4, 5, 6, 7);
      assertThat(Metrics.observations(registry, "layerwatch_prefill_batch_prompts")).isEqualTo(1);
      assertThat(Metrics.value(registry, "layerwatch_prompt_tokens_total")).isEqualTo(25);
    }
  }

  @Test
  void severalPromptsOfOneRequestPassAsOneAndEchoStaysWhatItWas() throws Exception {
    try (CompletionServer server = serve(8)) {
      gate.passes.release(9);
      JsonNode answer =
          ok(send(server, "{\"prompt\": [\"One\", \"Three\"], \"max_tokens\": 0, \"echo\": true}"));
      assertThat(answer.path("choices").path(0).path("text").asText()).isEqualTo("One");
      assertThat(answer.path("choices").path(1).path("text").asText()).isEqualTo("Three");
      HttpResponse<String> stream =
          send(server, "{\"prompt\": [\"a\", \"b\"], \"max_tokens\": 0, \"stream\": true}")
              .get(10, TimeUnit.SECONDS);
      assertThat(stream.body()).contains("\"index\":1").endsWith("data: [DONE]\n\n");
      assertThat(gate.batches).containsExactly(2, 2, 2, 2);
    }
  }

  /** Scores need logits, a text needs a cache, and padding must not cost more than it saves. */
  @Test
  void whoWantsMoreOrIsFarLongerPassesAlone() throws Exception {
    try (CompletionServer server = serve(8)) {
      var first = holdTheThread(server);
      List<CompletableFuture<HttpResponse<String>>> answers =
          List.of(
              waiting(server, "{\"prompt\": [1, 2], \"max_tokens\": 0}"),
              waiting(server, "{\"prompt\": [1, 2, 3], \"max_tokens\": 1}"),
              waiting(server, "{\"prompt\": " + ids(40) + ", \"max_tokens\": 0}"),
              waiting(
                  server,
                  "{\"prompt\": [1, 2, 3, 4], \"max_tokens\": 0, \"echo\": true, \"logprobs\": 1}"),
              waiting(server, "{\"prompt\": [1, 2, 3], \"max_tokens\": 0}"));
      gate.passes.release(9);
      ok(first);
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        ok(answer);
      }
      // The last overtakes, since the first takes it along.
      assertThat(gate.batches).containsExactly(1, 2, 2, 1, 1, 1);
      assertThat(gate.tokens).containsExactly(3, 2, 3, 3, 40, 4);
    }
  }

  @Test
  void aBatchOfOneIsNoBatching() throws Exception {
    try (CompletionServer server = serve(1)) {
      var first = holdTheThread(server);
      var second = waiting(server, "{\"prompt\": [1, 2], \"max_tokens\": 0}");
      var third = waiting(server, "{\"prompt\": [1, 2, 3], \"max_tokens\": 0}");
      gate.passes.release(9);
      ok(first);
      ok(second);
      ok(third);
      assertThat(gate.batches).containsExactly(1, 1, 1);
    }
  }

  private CompletionServer serve(int batch) {
    return new CompletionServer(
        Options.local(1).withBatch(batch), model, () -> gate, new RequestMetrics(registry));
  }

  private CompletableFuture<HttpResponse<String>> holdTheThread(CompletionServer server) {
    var first = send(server, "{\"prompt\": [1, 2, 3], \"max_tokens\": 0}");
    await().until(() -> gate.batches.size() == 1);
    return first;
  }

  /** In the order of the calls, since each is seen to wait. */
  private CompletableFuture<HttpResponse<String>> waiting(CompletionServer server, String body) {
    double before = Metrics.value(registry, "layerwatch_requests_waiting");
    var answer = send(server, body);
    await().until(() -> Metrics.value(registry, "layerwatch_requests_waiting") == before + 1);
    return answer;
  }

  private CompletableFuture<HttpResponse<String>> send(CompletionServer server, String body) {
    URI address = URI.create("http://127.0.0.1:" + server.port() + "/v1/completions");
    return http.sendAsync(
        HttpRequest.newBuilder(address).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private static JsonNode ok(CompletableFuture<HttpResponse<String>> answer) throws Exception {
    HttpResponse<String> response = answer.get(10, TimeUnit.SECONDS);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static String ids(int length) {
    return IntStream.range(1, length + 1).boxed().toList().toString();
  }

  /** Sees every prefill, and holds the thread until it is let go. */
  private static final class Gate implements SequenceProbe {

    private final Semaphore passes = new Semaphore(0);
    private final List<Integer> batches = new CopyOnWriteArrayList<>();
    private final List<Integer> tokens = new CopyOnWriteArrayList<>();

    @Override
    public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {
      batches.add((int) states.states().get(0).getShape().get(0));
      tokens.add(states.tokens());
      passes.acquireUninterruptibly();
    }

    @Override
    public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {}

    @Override
    public void close() {}
  }
}
