package io.layerwatch.benchmarks.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** That it runs, and that Flink and the scorer say the same; never how fast. */
class StreamingThroughputTest {

  @Test
  void everyContenderWorksTheBacklogOffAndTheScoresAgree() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new StreamingThroughput())
            .setOut(new PrintWriter(out))
            .execute(
                "--models=1",
                "--sites=1",
                "--layers=4",
                "--replicas=5",
                "--seconds=60",
                "--window=10",
                "--rounds=1",
                "--threads=1");
    assertThat(code).as(out.toString()).isZero();
    assertThat(out.toString())
        .containsPattern("\n[1-9]\\d* scores of Flink's and the scorer's windows agree to 1e-9")
        .contains(
            "| 1 | consume and decode |",
            "| 1 | windowed count, at least once |",
            "| 1 | windowed count, exactly once |",
            "| 1 | scorer, exactly once |",
            "| 1 | Flink, at least once |",
            "| 1 | Flink, exactly once |");
  }
}
