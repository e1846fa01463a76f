package io.layerwatch.instrumentation.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.CommandRun;
import io.layerwatch.instrumentation.evaluate.EvaluateCommand;
import io.layerwatch.instrumentation.torchscript.Example.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An archive is evaluated, and without layers where it has a mask for them. */
class TorchScriptEvaluateTest {

  @TempDir private Path directory;

  @Test
  void itIsEvaluatedWithAndWithoutALayer() throws IOException {
    CommandRun outcome = evaluate(Example.DIRECTORY, "--drop", "1", "--format", "json");
    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode json = new ObjectMapper().readTree(outcome.out());
    assertThat(json.path("full").path("negativeLogLikelihood").asDouble())
        .isCloseTo(negativeLogLikelihood(Example.values()), within(1e-5));
    assertThat(json.path("pruned").path("negativeLogLikelihood").asDouble())
        .isCloseTo(negativeLogLikelihood(Example.valuesWithoutTheSecondLayer()), within(1e-5));
  }

  @Test
  void withoutAMaskNoLayerIsDropped() throws IOException {
    Path archive = Example.withoutMask(Files.createDirectory(directory.resolve("archive")));
    assertThat(evaluate(archive).code()).isZero();
    CommandRun outcome = evaluate(archive, "--drop", "1");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .startsWith("layerwatch: ")
        .contains("layerMaskInput: expected true where layers are to be skipped, got false")
        .hasLineCount(1);
  }

  private static double negativeLogLikelihood(Values values) {
    int[] tokens = Example.tokens();
    double sum = 0;
    for (int t = 0; t + 1 < tokens.length; t++) {
      double[] logits = values.logits()[t];
      double next = logits[tokens[t + 1]];
      sum += Math.log(Arrays.stream(logits).map(logit -> Math.exp(logit - next)).sum());
    }
    return sum / (tokens.length - 1);
  }

  private CommandRun evaluate(Path model, String... options) throws IOException {
    Path data =
        Files.writeString(
            directory.resolve("data.jsonl"),
            "{\"tokens\": " + Arrays.toString(Example.tokens()) + "}");
    List<String> arguments = new ArrayList<>(List.of(options));
    arguments.addAll(List.of("--model", model.toString(), "--data", data.toString()));
    return CommandRun.of(new EvaluateCommand(), arguments);
  }
}
