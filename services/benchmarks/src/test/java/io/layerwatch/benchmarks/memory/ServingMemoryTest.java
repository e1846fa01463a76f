package io.layerwatch.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import picocli.CommandLine;

/** That the benchmark runs and counts what it says; how much memory there is is nobody's test. */
@EnabledOnOs(OS.LINUX)
class ServingMemoryTest {

  @Test
  void everySampleCountsRequestsAndTokens() {
    StringWriter out = new StringWriter();
    new CommandLine(new ServingMemory())
        .setOut(new PrintWriter(out))
        .execute(
            "--model", "../standalone/demo/shakespeare-12l",
            "--requests", "40",
            "--tokens", "400",
            "--samples", "4");

    assertThat(out.toString())
        .contains("40 requests of 11 kinds by 4 clients, 400 tokens")
        .containsPattern("\\| 0 \\| 0 \\| [\\d.]+ \\| [\\d.]+ \\| [\\d.]+ \\| \\d+ \\|")
        .containsPattern("\\| 4\\d \\| \\d{3} \\| [\\d.]+ \\|")
        .containsPattern("last quarter against the one before: RSS [+-][\\d.]+ %");
    assertThat(out.toString().lines().filter(line -> line.matches("\\| [\\d,]+ \\|.*"))).hasSize(5);
  }
}
