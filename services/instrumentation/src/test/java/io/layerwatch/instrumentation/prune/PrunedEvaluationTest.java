package io.layerwatch.instrumentation.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.evaluate.EvaluateCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The two commands that a user runs one after the other, on the demo model and its texts. */
class PrunedEvaluationTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path DEMO = Path.of("../standalone/demo");

  @TempDir private Path directory;

  @Test
  void aPrunedCheckpointEvaluatesAsTheModelDoesWithTheLayersSkipped() throws IOException {
    Path model = DEMO.resolve("shakespeare-12l");
    Path smaller = directory.resolve("shakespeare-9l");
    execute(
        new PruneCommand(),
        List.of("--model", model.toString(), "--drop", "4,6,7", "--output", smaller.toString()));

    JsonNode skipped = evaluate(model, "--drop", "4,6,7");
    JsonNode written = evaluate(smaller);

    assertThat(written.path("layerCount").asInt()).isEqualTo(9);
    assertThat(written.path("tokens")).isEqualTo(skipped.path("tokens"));
    for (String measure : List.of("negativeLogLikelihood", "perplexity", "accuracy")) {
      assertThat(written.at("/full/" + measure).asDouble())
          .as(measure)
          .isPositive()
          .isCloseTo(skipped.at("/pruned/" + measure).asDouble(), within(1e-6))
          .isNotCloseTo(skipped.at("/full/" + measure).asDouble(), within(1e-3));
    }
  }

  private static JsonNode evaluate(Path model, String... options) throws IOException {
    var arguments = new ArrayList<>(List.of("--model", model.toString()));
    arguments.addAll(List.of("--data", DEMO.resolve("evaluation.jsonl").toString()));
    arguments.addAll(List.of("--format", "json"));
    arguments.addAll(List.of(options));
    return JSON.readTree(execute(new EvaluateCommand(), arguments));
  }

  private static String execute(Callable<Integer> command, List<String> arguments) {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .execute(arguments.toArray(String[]::new));
    assertThat(code).isZero();
    return out.toString();
  }
}
