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
                "--models=2",
                "--sites=1",
                "--layers=4",
                "--replicas=5",
                "--seconds=60",
                "--window=10",
                "--warm-ups=0",
                "--rounds=1",
                "--threads=2");
    assertThat(code).as(out.toString()).isZero();
    // 6 windows of 4 layers of each model.
    assertThat(out.toString()).contains("\n48 scores agree to 1e-9 in every pass that scores\n");
    for (Contenders contender : Contenders.values()) {
      assertThat(out.toString()).contains("| 2 | " + contender.title() + " |");
    }
  }

  @Test
  void saysWhatThreadsAndSecondsItTakes() {
    StringWriter err = new StringWriter();
    CommandLine command = new CommandLine(new StreamingThroughput()).setErr(new PrintWriter(err));
    assertThat(command.execute("--threads=2,3")).isEqualTo(2);
    assertThat(command.execute("--seconds=45")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--threads: expected", "got [2, 3]", "--seconds: expected", "got 45");
  }
}
