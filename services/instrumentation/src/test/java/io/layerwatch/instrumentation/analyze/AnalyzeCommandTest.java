package io.layerwatch.instrumentation.analyze;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.CommandRun;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command's output, on a tiny random model. */
class AnalyzeCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path directory;
  private static Path model;

  @BeforeAll
  static void writeModel() throws IOException {
    model = new TinyCheckpoint(5, true).write(directory.resolve("tiny"), TensorType.F32);
  }

  @Test
  void jsonHasEveryStatisticOfEverySiteAndLayer() throws IOException {
    JsonNode json = json("{\"text\": \"Hello\"}", "", "{\"tokens\": [1, 2, 3, 4]}");

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "model",
            "revision",
            "layerCount",
            "tokens",
            "sequences",
            "negativeLogLikelihoodPerToken",
            "layers");
    assertThat(json.path("model").asText()).isEqualTo("tiny");
    assertThat(json.path("layerCount").asInt()).isEqualTo(TinyCheckpoint.LAYERS);
    // The start token and five bytes, and four tokens taken as they are.
    assertThat(json.path("tokens").asInt()).isEqualTo(10);
    assertThat(json.path("sequences").asInt()).isEqualTo(2);
    List<String> places = new ArrayList<>();
    for (JsonNode layer : json.path("layers")) {
      places.add(layer.path("site").asText() + " " + layer.path("layer").asInt());
      assertThat(layer.fieldNames())
          .toIterable()
          .containsExactly(
              "site",
              "layer",
              "count",
              "mean",
              "variance",
              "min",
              "max",
              "nonFinite",
              "nearZero",
              "pooledVariance",
              "blockInfluence",
              "sparsityThreshold",
              "sparsity",
              "avss",
              "normalizedAvss",
              "avssState");
      assertThat(layer.path("count").asInt()).isEqualTo(10 * TinyCheckpoint.HIDDEN);
      assertThat(layer.path("nearZero").fieldNames())
          .toIterable()
          .containsExactly("1e-5", "1e-4", "1e-3", "1e-2", "1e-1");
    }
    assertThat(places)
        .containsExactly(
            "block-output 0",
            "block-output 1",
            "block-output 2",
            "block-contribution 0",
            "block-contribution 1",
            "block-contribution 2",
            "relative-contribution 0",
            "relative-contribution 1",
            "relative-contribution 2");
  }

  @Test
  void scoresFollowFromTheStatisticsBesideThem() throws IOException {
    JsonNode json =
        json(
            List.of("--thresholds", "1e-2,0.5", "--sparsity-threshold", "0.5"),
            "{\"text\": \"To be, or not to be\"}");
    for (JsonNode layer : json.path("layers")) {
      assertThat(layer.path("sparsityThreshold").asDouble()).isEqualTo(0.5);
      double sparsity =
          layer.path("nearZero").path("5e-1").asDouble() / layer.path("count").asDouble();
      assertThat(layer.path("sparsity").asDouble()).isEqualTo(sparsity);
      if (layer.path("avssState").asText().equals("UNDEFINED")) {
        assertThat(sparsity).isZero();
        assertThat(layer.path("avss").isNull()).isTrue();
      } else {
        double avss = layer.path("variance").asDouble() / sparsity;
        assertThat(layer.path("avss").asDouble()).isCloseTo(avss, within(1e-12 * avss));
      }
    }
  }

  @Test
  void whatIsNotDefinedIsNull() throws IOException {
    JsonNode json =
        json(
            List.of("--thresholds", "1e-30", "--sparsity-threshold", "1e-30"), "{\"tokens\": [7]}");
    assertThat(json.path("negativeLogLikelihoodPerToken").isNull()).isTrue();
    JsonNode layer = json.path("layers").path(0);
    assertThat(layer.path("avss").isNull()).isTrue();
    assertThat(layer.path("normalizedAvss").isNull()).isTrue();
    assertThat(layer.path("avssState").asText()).isEqualTo("UNDEFINED");
    assertThat(layer.path("sparsity").asDouble()).isZero();
  }

  @Test
  void theTableHasALineForEveryLayerOfEverySite() throws IOException {
    CommandRun outcome = analyze(List.of(), "{\"text\": \"Hello\"}");
    assertThat(outcome.code()).isZero();
    assertThat(outcome.out())
        .startsWith("tiny@")
        .contains("3 layers, 1 sequences, 6 tokens")
        .contains("block-output, sparsity below 0.01")
        .contains("relative-contribution, sparsity below 0.01");
    assertThat(outcome.out().lines().filter(line -> line.matches(" +[012] .*"))).hasSize(9);
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void badPromptsAreOneSentenceThatNamesThePlace() throws IOException {
    assertFails("{\"text\": \"a\"}\nnot json", "prompts.jsonl:2: expected JSON");
    assertFails("{\"txt\": \"a\"}", "prompts.jsonl:1: expected {\"text\": …} or {\"tokens\": […]}");
    assertFails("{\"tokens\": [1.5]}", "prompts.jsonl:1: tokens: expected whole numbers, got 1.5");
    assertFails("{\"tokens\": [9999]}", "expected token ids from 0 to 257, got 9999");
    assertFails(
        "{\"text\": \"" + "x".repeat(60) + "\"}",
        "prompt: expected at most 48 tokens, the model's context, got 61");
    assertFails("", "prompts.jsonl: expected at least one prompt, got none");
  }

  @Test
  void badOptionsAreTwo() throws IOException {
    for (String thresholds : List.of("1e-2,1e-3", "0,1e-2", "1e-2,1e400", "x")) {
      CommandRun outcome = analyze(List.of("--thresholds", thresholds), "{\"text\": \"a\"}");
      assertThat(outcome.code()).as(thresholds).isEqualTo(2);
      assertThat(outcome.err()).contains("--thresholds").doesNotContain("Exception");
    }
    assertThat(analyze(List.of("--sparsity-threshold", "0.5"), "{\"text\": \"a\"}").err())
        .contains("--sparsity-threshold: expected one of [1.0E-5");
  }

  private static void assertFails(String lines, String message) throws IOException {
    CommandRun outcome = analyze(List.of(), lines);
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err()).startsWith("layerwatch: ").contains(message).hasLineCount(1);
  }

  private static JsonNode json(String... lines) throws IOException {
    return json(List.of(), lines);
  }

  private static JsonNode json(List<String> options, String... lines) throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--format", "json"));
    CommandRun outcome = analyze(all, lines);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JSON.readTree(outcome.out());
  }

  private static CommandRun analyze(List<String> options, String... lines) throws IOException {
    Path prompts = Files.writeString(directory.resolve("prompts.jsonl"), String.join("\n", lines));
    List<String> arguments = new ArrayList<>(options);
    arguments.addAll(List.of("--model", model.toString(), "--prompts", prompts.toString()));
    return CommandRun.of(new AnalyzeCommand(), arguments);
  }
}
