package io.layerwatch.benchmarks.overhead;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** That the benchmark runs; what it measures is nobody's test. */
class ProbeOverheadTest {

  @Test
  void everyVariantGetsARowForPrefillAndOneForDecoding() {
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
        .containsPattern("\\| prefill of 16 tokens \\| no probe \\| [\\d.]+ \\| \\| \\|")
        .containsPattern("\\| prefill of 16 tokens \\| everything observed \\| [\\d.]+ \\| [+-]")
        .containsPattern("\\| decoding of 4 tokens \\| defaults .* \\| [\\d.]+ \\| [+-]")
        .containsPattern("\\| decoding of 4 tokens \\| copy to the host.* \\| [\\d.]+ \\| [+-]");
  }

  @Test
  void anUnknownShapeIsRefused() {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new ProbeOverhead()).setErr(new PrintWriter(err)).execute("--shape", "1x2");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("--shape: expected 12x288 or 30x576, got \"1x2\"");
  }
}
