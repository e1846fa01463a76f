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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
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

  /** Each prompt costs a pass alone, or its padding and its tokens together. */
  @Test
  void aBatchIsWhatIsLessWorkThanPassesAlone() {
    assertThat(sizes(1024, 16, 16, 16, 16, 16, 16, 16, 16, 16)).containsExactly(8, 1);
    assertThat(sizes(1024, 120, 120)).containsExactly(2);
    // 2 x 120 = 240 is more than 120 + 60 + 32.
    assertThat(sizes(1024, 120, 60)).containsExactly(1, 1);
    assertThat(sizes(1024, 120, 88)).containsExactly(2);
    assertThat(sizes(1024, 120, 87)).containsExactly(1, 1);
    assertThat(sizes(1024, 10, 128)).containsExactly(1, 1);
    assertThat(sizes(1024, 129, 129)).as("long ones keep a processor busy").containsExactly(1, 1);
    assertThat(sizes(1024, 500, 12, 12)).containsExactly(1, 2);
    assertThat(sizes(300, 100, 100, 100, 100)).as("the context").containsExactly(3, 1);
  }

  private static List<Integer> sizes(int context, int... lengths) {
    List<List<Integer>> prompts =
        IntStream.of(lengths).mapToObj(length -> Collections.nCopies(length, 1)).toList();
    var bounds = new PrefillBatch.Bounds(8, context);
    List<List<List<Integer>>> split = PrefillBatch.split(prompts, bounds);
    assertThat(split.stream().flatMap(List::stream).toList()).isEqualTo(prompts);
    assertThat(PrefillBatch.isOne(prompts, bounds)).isEqualTo(split.size() == 1);
    return split.stream().map(List::size).toList();
  }

  @Test
  void aRequestOfManyPromptsTakesAsManyPassesAsItNeeds() throws Exception {
    try (CompletionServer server = serve(3)) {
      gate.passes.release(99);
      JsonNode answer =
          ok(send(server, "{\"prompt\": [\"a\", \"b\", \"c\", \"d\"], \"max_tokens\": 0}"));
      assertThat(answer.path("choices")).hasSize(4);
      assertThat(gate.batches).containsExactly(3, 3, 3, 1);
      HttpResponse<String> refused =
          send(server, "{\"prompt\": " + Collections.nCopies(65, "[1]") + ", \"max_tokens\": 0}")
              .get(10, TimeUnit.SECONDS);
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("expected at most 64 prompts, got 65");
    }
  }

  @Test
  void whereABatchFailsEachPassesAlone() throws Exception {
    gate.failsInBatches = true;
    try (CompletionServer server = serve(8)) {
      List<CompletableFuture<HttpResponse<String>>> line = oneRunningAndTwoWaiting(server);
      gate.passes.release(9);
      for (CompletableFuture<HttpResponse<String>> answer : line) {
        ok(answer);
      }
      assertThat(gate.batches).containsExactly(1, 2, 1, 1);
    }
  }

  /** An error of the JVM, such as too little memory, is answered as every other. */
  @Test
  void anErrorIsAnswered() throws Exception {
    gate.error = true;
    gate.passes.release(9);
    try (CompletionServer server = serve(8)) {
      for (String body :
          List.of(
              "{\"prompt\": [1, 2], \"max_tokens\": 0}",
              "{\"prompt\": [1, 2], \"max_tokens\": 3}",
              "{\"prompt\": [[1], [2]], \"max_tokens\": 0}")) {
        assertThat(send(server, body).get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(500);
      }
    }
  }

  @Test
  void whoseTimeIsUpDuringThePassIsToldSoAndTheOthersAreAnswered() throws Exception {
    try (CompletionServer server =
        new CompletionServer(
            Options.local(1)
                .withBatch(8)
                .withBounds(
                    new CompletionServer.Bounds(
                        1 << 20, Duration.ofSeconds(30), Duration.ofSeconds(4), Duration.ZERO)),
            model,
            () -> gate,
            new RequestMetrics(registry))) {
      var first = holdTheThread(server);
      var early = waiting(server, "{\"prompt\": [1, 2], \"max_tokens\": 0}");
      await().pollDelay(Duration.ofMillis(2_400)).until(() -> true);
      var late = waiting(server, "{\"prompt\": [1, 2, 3], \"max_tokens\": 0}");
      gate.passes.release();
      await().until(() -> gate.batches.size() == 2);
      // The pass of the last two outlasts what the first of them may take.
      await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
      gate.passes.release(9);
      ok(first);
      assertThat(early.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(408);
      ok(late);
      assertThat(gate.batches).containsExactly(1, 2, 2);
    }
  }

  @Test
  void aStopDuringABatchAnswersAll() throws Exception {
    CompletionServer server = serve(8);
    List<CompletableFuture<HttpResponse<String>>> line = oneRunningAndTwoWaiting(server);
    gate.interruptsBatches = true;
    gate.passes.release(9);
    for (var answer : line.subList(1, 3)) {
      assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    }
    ok(line.get(0));
    server.close();
  }

  @Test
  void aBatchOfOneIsNoBatching() throws Exception {
    try (CompletionServer server = serve(1)) {
      List<CompletableFuture<HttpResponse<String>>> line = oneRunningAndTwoWaiting(server);
      gate.passes.release(9);
      for (CompletableFuture<HttpResponse<String>> answer : line) {
        ok(answer);
      }
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

  private List<CompletableFuture<HttpResponse<String>>> oneRunningAndTwoWaiting(
      CompletionServer server) {
    return List.of(
        holdTheThread(server),
        waiting(server, "{\"prompt\": [1, 2], \"max_tokens\": 0}"),
        waiting(server, "{\"prompt\": [1, 2, 3], \"max_tokens\": 0}"));
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
    private volatile boolean failsInBatches;
    private volatile boolean interruptsBatches;
    private volatile boolean error;

    @Override
    public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {
      batches.add((int) states.states().get(0).getShape().get(0));
      tokens.add(states.tokens());
      passes.acquireUninterruptibly();
      if (error) {
        throw new OutOfMemoryError("not really");
      }
      if (failsInBatches && batches.get(batches.size() - 1) > 1) {
        throw new IllegalStateException("too large");
      }
      if (interruptsBatches && batches.get(batches.size() - 1) > 1) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted");
      }
    }

    @Override
    public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {}

    @Override
    public void close() {}
  }
}
