package io.layerwatch.benchmarks.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** That the benchmark runs and counts what it says; how fast is nobody's test. */
class ScorerCapacityTest {

  @TempDir private Path directory;

  @Test
  void everythingIsMeasuredOfASmallFleet() throws Exception {
    Path json = directory.resolve("capacity.json");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new ScorerCapacity())
            .setOut(new PrintWriter(out))
            .execute(
                "--models", "2",
                "--sites", "1",
                "--layers", "4",
                "--replicas", "3",
                "--seconds", "100",
                "--rounds", "1",
                "--json", json.toString());

    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("24 sources", "2,400 summaries")
        .containsPattern("\\| consume and decode \\| [\\d,]+ \\(")
        .containsPattern("\\| scorer \\| [\\d,]+ \\(")
        .containsPattern("\\| pause to close a window of 24 entries \\| [\\d.]+ \\(");
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    // At least the open entries, the models and the instances come back.
    assertThat(all.at("/state/restore/records").asLong()).isGreaterThan(24);
    assertThat(all.at("/state/closingSeconds").get(0).asDouble()).isPositive();
    // What changes between two commits is written once.
    assertThat(all.at("/rate/changelogs/scorer/records").asDouble()).isStrictlyBetween(0.0, 1.0);
    assertThat(all.at("/rate/passes/scorer").size()).isEqualTo(1);
  }
}
