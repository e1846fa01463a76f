package io.layerwatch.benchmarks.capacity;

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

/** That the benchmark runs and counts what it says; how fast is nobody's test. */
class ScorerGrowthTest {

  @TempDir private Path directory;

  @Test
  void everySizeIsMeasuredAndWrittenDown() throws Exception {
    Path json = directory.resolve("growth.json");
    Path costs = directory.resolve("costs.properties");
    Path page = directory.resolve("page.md");
    Files.writeString(page, "<!-- begin scorer-growth -->\n<!-- end scorer-growth -->\n");
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new ScorerGrowth())
            .setOut(new PrintWriter(out))
            .execute(
                "--sites", "1",
                "--layers", "4",
                "--keys", "40,80",
                "--replicas", "2",
                "--windows", "2m",
                "--summaries", "2000",
                "--rounds", "1",
                "--state-replicas", "3,3",
                "--heap", "256m",
                "--json", json.toString(),
                "--page", page.toString(),
                "--charts", directory.toString(),
                "--costs", costs.toString());

    assertThat(code).isZero();
    assertThat(page)
        .content()
        .contains(out.toString().strip(), "](scorer-growth-rate.svg)")
        .containsPattern("\\| keys \\| 40 \\| 40 \\| [\\d,]+ \\(")
        .containsPattern("\\| replicas \\| 2 \\| 8 \\| [\\d,]+ \\(")
        .containsPattern("\\| window, s \\| 120 \\| 8 \\| [\\d,]+ \\(")
        .containsPattern("Restart: while keys grow -?[\\d.]+ s and -?[\\d.]+ s for every 100 MiB");
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    assertThat(all.at("/rates/0/passes/0/records").asLong()).isBetween(1_200L, 2_440L);
    JsonNode last = all.at("/keys/1");
    assertThat(last.at("/sources").asLong()).isEqualTo(80);
    // A source's entry alone has more than a hundred bytes of numbers.
    assertThat(last.at("/liveBytes").asLong() - last.at("/empty/liveBytes").asLong())
        .isBetween(80 * 100L, 80 * 2_000L);
    assertThat(last.at("/changelogBytes").asLong()).isGreaterThan(last.at("/liveBytes").asLong());
    assertThat(last.at("/restarts/0/restoring").asDouble()).isPositive();
    assertThat(last.at("/restarts/0/seconds").asDouble())
        .isGreaterThan(last.at("/restarts/0/restoring").asDouble());
    assertThat(Files.readString(costs))
        .contains("summariesPerSecond=", "closingMicrosPerKey=", "restartSeconds=");
    assertThat(directory.resolve("scorer-growth-rate.svg")).content().contains("more keys: ");
    assertThat(directory.resolve("scorer-growth-heap.svg")).content().contains("more replicas: ");
    assertThat(directory.resolve("scorer-growth-restart.svg")).content().contains("more keys: R²");
  }
}
