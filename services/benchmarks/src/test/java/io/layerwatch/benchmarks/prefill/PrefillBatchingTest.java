package io.layerwatch.benchmarks.prefill;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** That the benchmark runs; what it measures is nobody's test. */
class PrefillBatchingTest {

  @Test
  void everyBatchSizeGetsARow() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new PrefillBatching())
            .setOut(new PrintWriter(out))
            .execute(
                "--model", "../standalone/demo/shakespeare-12l",
                "--rounds", "1",
                "--tokens", "4",
                "--batches", "1,2",
                "--clients", "3",
                "--requests", "6");
    assertThat(code).isZero();
    assertThat(out.toString())
        .containsPattern("\\| 4 tokens \\| 1 \\| [\\d.]+ \\| 1.00 \\| 1.00 to 1.00 \\|")
        .containsPattern("\\| 4 tokens \\| 2 \\| [\\d.]+ \\| [\\d.]+ \\| [\\d.]+ to [\\d.]+ \\|");
  }
}
