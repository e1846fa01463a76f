package io.layerwatch.benchmarks.startup;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That starts are timed, to ready and to the first output; how long is nobody's test. */
class StartUpTest {

  @TempDir private Path directory;

  @Test
  void aServicesStartIsTimedWithAnArchiveOfClassesAndWithout() throws Exception {
    Path json = directory.resolve("start-up.json");
    Path chart = directory.resolve("start-up.svg");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new StartUp())
            .setOut(new PrintWriter(out))
            .execute(
                "--home", "../..",
                "--only", "score",
                "--rounds", "1",
                "--json", json.toString(),
                "--chart", chart.toString());

    assertThat(code).isZero();
    for (String variant : new String[] {StartUp.PLAIN, StartUp.ARCHIVE}) {
      assertThat(out.toString()).contains("| score | " + variant + " |");
      JsonNode start =
          new ObjectMapper().readTree(json.toFile()).at("/starts/score/" + variant + "/0");
      assertThat(start.at("/readySeconds").asDouble()).isPositive();
      assertThat(start.at("/outputSeconds").asDouble())
          .isGreaterThanOrEqualTo(start.at("/readySeconds").asDouble());
    }
    assertThat(Files.readString(chart)).contains("score, archive of classes");
  }
}
