package io.layerwatch.benchmarks.freshness;

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

/** That every window is seen in every place; how soon is nobody's test. */
class FreshnessTest {

  @TempDir private Path directory;

  @Test
  void everyWindowIsSeenInEveryPlace() throws Exception {
    Path json = directory.resolve("freshness.json");
    Path chart = directory.resolve("freshness.svg");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new Freshness())
            .setOut(new PrintWriter(out))
            .execute(
                "--home", "../..",
                "--models", "2",
                "--layers", "16",
                "--capacity-replicas", "20",
                "--capacity-flushes", "10",
                "--capacity-windows", "2",
                "--shares", "0.001",
                "--rounds", "1",
                "--windows", "3",
                "--warm-ups", "0",
                "--window-seconds", "2",
                "--grace-seconds", "1",
                "--flush-millis", "500",
                "--java", "-Xmx512m",
                "--json", json.toString(),
                "--chart", chart.toString());

    assertThat(code).isZero();
    JsonNode level = new ObjectMapper().readTree(json.toFile()).at("/levels/0");
    double capacity = level.at("/capacity").asDouble();
    assertThat(level.at("/summariesPerSecond").asDouble()).isLessThan(capacity);
    assertThat(out.toString()).contains("java -Xmx512m");
    for (Place place : Place.values()) {
      assertThat(out.toString()).contains("| " + place.text() + " |");
      JsonNode delays = level.at("/delays/" + place);
      // Three windows of two models.
      assertThat(delays.size()).isEqualTo(6);
      // No window shows before its grace is over.
      delays.forEach(delay -> assertThat(delay.asDouble()).isGreaterThanOrEqualTo(1));
    }
    assertThat(Files.readString(chart)).contains("<title>").contains("score on its topic");
  }
}
