package io.layerwatch.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** That the benchmark runs; what it measures is nobody's test. */
class ProbeOverheadTest {

  @Test
  void aRoundGivesARowForPrefillAndOneForDecoding() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new ProbeOverhead())
            .setOut(new PrintWriter(out))
            .execute(
                "--model", "../standalone/demo/shakespeare-12l",
                "--rounds", "2",
                "--prefill-tokens", "16",
                "--decode-tokens", "4");
    assertThat(code).isZero();
    assertThat(out.toString())
        .contains("12 layers of width 128")
        .containsPattern("\\| prefill of 16 tokens \\| \\d+ tokens/s \\| \\d+ tokens/s \\| [+-]")
        .containsPattern("\\| decoding of 4 tokens \\| \\d+ tokens/s \\| \\d+ tokens/s \\| [+-]");
  }
}
