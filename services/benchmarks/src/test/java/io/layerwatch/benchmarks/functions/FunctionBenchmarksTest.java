package io.layerwatch.benchmarks.functions;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That every function is timed; how fast is nobody's test. */
class FunctionBenchmarksTest {

  @TempDir private Path directory;

  @Test
  void everyFunctionIsTimedAndItsAllocationsAreCounted() throws Exception {
    Path json = directory.resolve("functions.json");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new FunctionBenchmarks())
            .setOut(new PrintWriter(out))
            .execute(
                "--in-this-jvm",
                "--rounds",
                "2",
                "--warm-ups",
                "0",
                "--iterations",
                "1",
                "--iteration-millis",
                "50",
                "--json",
                json.toString());

    assertThat(code).isZero();
    for (String function :
        new String[] {
          "decode", "decodeByAvro", "merge", "publish", "publishByConfluent", "score"
        }) {
      assertThat(out.toString())
          .containsPattern("\\| " + function + " \\| [\\d,]+ \\| [\\d,]+–[\\d,]+ \\| [\\d,]+ \\|");
    }
    JsonNode results = new ObjectMapper().readTree(json.toFile());
    assertThat(results.size()).isEqualTo(6);
    // A list of iterations for each JVM.
    assertThat(results.get(0).at("/primaryMetric/rawData").size()).isEqualTo(2);
  }
}
