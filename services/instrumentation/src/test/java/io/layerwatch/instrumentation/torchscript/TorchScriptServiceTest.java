package io.layerwatch.instrumentation.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.analysis.Site;
import io.layerwatch.instrumentation.analyze.AnalyzeCommand;
import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.http.CompletionServer;
import io.layerwatch.instrumentation.http.RequestMetrics;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.Observation;
import io.layerwatch.probe.ProbeEvents;
import io.layerwatch.probe.Probing;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.process.CommandErrors;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** An archive does what a checkpoint does: generates, is observed, served and analyzed. */
class TorchScriptServiceTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int[] PROMPT = Example.tokens();
  private static final int LIMIT = 20;

  private static LanguageModel model;

  @BeforeAll
  static void load() {
    TorchThreads.inferenceOnly();
    model = Example.load();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void textIsWhatWholePassesOverItPredict() {
    List<Integer> tokens = complete(SequenceProbe.NONE);
    assertThat(tokens).hasSize(LIMIT);
    assertThat(tokens.get(0)).isEqualTo(argmax(last(Example.values().logits())));
    int[] all = Arrays.copyOf(PROMPT, PROMPT.length + LIMIT);
    for (int i = 0; i < LIMIT; i++) {
      all[PROMPT.length + i] = tokens.get(i);
    }
    try (NDManager scope = model.newScope()) {
      var pass =
          model
              .decoder()
              .forward(scope, scope.create(all, new Shape(1, all.length)), Optional.empty());
      NDArray predicted = model.decoder().logits(scope, pass, PROMPT.length - 1, all.length - 1);
      long[] expected = predicted.argMax(2).toLongArray();
      assertThat(tokens.stream().mapToLong(Integer::longValue).toArray()).isEqualTo(expected);
    }
  }

  @Test
  void theProbeSeesPromptAndGeneratedTokensOfEveryLayer() {
    List<Observation> seen = new ArrayList<>();
    ActivationProbe probe = new ActivationProbe(List.of(Site.BLOCK_OUTPUT), new double[] {0.1});
    complete(Probing.everything(probe, seen::add, ProbeEvents.NONE).newSequence());
    // The last token generated does not pass through the model.
    assertThat(seen.stream().mapToLong(Observation::layerTokens).sum())
        .isEqualTo((long) Example.LAYERS * (PROMPT.length + LIMIT - 1));
    var prompt = seen.get(0).layersBySite().get(Site.BLOCK_OUTPUT);
    assertThat(prompt).hasSize(Example.LAYERS);
    for (int layer = 0; layer < Example.LAYERS; layer++) {
      assertThat(prompt.get(layer).tokens()).isEqualTo(PROMPT.length);
      assertThat(prompt.get(layer).moments().mean())
          .isCloseTo(mean(Example.values().states().get(layer + 1)), within(1e-5));
    }
  }

  @Test
  void itIsServed() throws Exception {
    String body =
        "{\"prompt\": " + Arrays.toString(PROMPT) + ", \"max_tokens\": %d, \"temperature\": 0}";
    PrometheusRegistry registry = new PrometheusRegistry();
    try (CompletionServer server =
        new CompletionServer(
            CompletionServer.Options.local(2).withBatch(8),
            model,
            () -> SequenceProbe.NONE,
            new RequestMetrics(registry))) {
      URI uri = URI.create("http://127.0.0.1:" + server.port() + "/v1/completions");
      JsonNode answer = post(uri, body.formatted(LIMIT));
      assertThat(answer.path("model").asText()).isEqualTo("torchscript-example");
      assertThat(answer.path("usage").path("completion_tokens").asInt()).isEqualTo(LIMIT);
      assertThat(answer.path("choices").path(0).path("text").asText())
          .isEqualTo(model.tokenizer().decode(complete(SequenceProbe.NONE)));
      assertThat(post(uri, body.formatted(0)).path("usage").path("prompt_tokens").asInt())
          .isEqualTo(PROMPT.length);
      // An archive may have been traced with one sequence: they pass one by one.
      JsonNode two = post(uri, "{\"prompt\": [[1, 2], [3, 4]], \"max_tokens\": 0}");
      assertThat(two.path("choices")).hasSize(2);
      assertThat(Metrics.observations(registry, "layerwatch_prefill_batch_prompts")).isZero();
    }
  }

  @Test
  void itIsAnalyzed(@TempDir Path directory) throws IOException {
    Path prompts =
        Files.writeString(
            directory.resolve("prompts.jsonl"), "{\"tokens\": " + Arrays.toString(PROMPT) + "}");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new AnalyzeCommand())
            .setOut(new PrintWriter(out))
            .setExecutionExceptionHandler(new CommandErrors())
            .execute(
                "--model",
                Example.DIRECTORY.toString(),
                "--prompts",
                prompts.toString(),
                "--format",
                "json");
    assertThat(code).isZero();
    JsonNode json = JSON.readTree(out.toString());
    assertThat(json.path("layerCount").asInt()).isEqualTo(Example.LAYERS);
    assertThat(json.path("negativeLogLikelihoodPerToken").asDouble())
        .isCloseTo(negativeLogLikelihood(), within(1e-5));
    JsonNode second = json.path("layers").path(1);
    assertThat(second.path("site").asText()).isEqualTo("block-output");
    assertThat(second.path("mean").asDouble())
        .isCloseTo(mean(Example.values().states().get(2)), within(1e-5));
  }

  @Test
  void nothingOutlivesAGeneration() {
    complete(SequenceProbe.NONE);
    int before = arrays();
    for (int i = 0; i < 200; i++) {
      complete(SequenceProbe.NONE);
    }
    assertThat(arrays()).isEqualTo(before);
  }

  /** Those of the model's manager, which owns what outlives its scopes. */
  private static int arrays() {
    try (NDManager scope = model.newScope()) {
      return scope.getParentManager().getManagedArrays().size();
    }
  }

  private static List<Integer> complete(SequenceProbe probe) {
    return new TextGenerator(model).complete(PROMPT, LIMIT, Sampling.GREEDY, probe).tokens();
  }

  private static JsonNode post(URI uri, String body) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  private static double negativeLogLikelihood() {
    double sum = 0;
    for (int i = 1; i < PROMPT.length; i++) {
      double[] logits = Example.values().logits()[i - 1];
      sum += Math.log(Arrays.stream(logits).map(Math::exp).sum()) - logits[PROMPT[i]];
    }
    return sum / (PROMPT.length - 1);
  }

  private static double mean(double[][] values) {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).average().orElseThrow();
  }

  private static double[] last(double[][] rows) {
    return rows[rows.length - 1];
  }

  private static int argmax(double[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      best = values[i] > values[best] ? i : best;
    }
    return best;
  }
}
