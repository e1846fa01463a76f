package io.layerwatch.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as far as it goes without starting anything; processes are tested elsewhere. */
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
class LayerwatchTest {

  private record Outcome(int code, String out, String err) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "standalone",
        "instrument",
        "score",
        "replay",
        "recommend",
        "recommendations",
        "analyze",
        "evaluate",
        "prune",
        "train",
        "traffic",
        "alerts",
        "size"
      })
  void everyCommandHasHelpAndIsListed(String command) {
    Outcome help = run(command, "--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).startsWith("Usage: layerwatch " + command);
    assertThat(help.err()).isEmpty();
    assertThat(run("--help").out()).contains("  " + command + " ").contains("Exit codes:");
  }

  @Test
  void wrongUsageEndsWithTwoAndSaysSoOnStandardError() {
    for (String[] arguments :
        new String[][] {
          {},
          {"standalon"},
          {"standalone", "--modle", "x"},
          {"standalone", "--duration", "5"},
          {"standalone", "--max-tokens", "-1"},
          {"standalone", "--shift", "--no-traffic"},
          {"standalone", "--shift-prompts", "x"},
          {"analyze", "--model", "x"},
          {"recommendations", "--output", "xml"},
          {"recommendations", "approve", "--model", "demo@r1"},
          {"evaluate", "--model", "x"},
          {"traffic", "--url", "x", "--prompts", "x"},
          {"traffic", "--url", "http://x", "--prompts", "x", "--shift", "2m"},
          {"replay"},
          {"replay", "--from", "yesterday"},
          {"size", "--layers", "80"},
          {"size", "--layers", "80", "--replicas", "0"},
          {"size", "--layers", "80", "--replicas", "1", "--flush", "7s"}
        }) {
      Outcome outcome = run(arguments);
      assertThat(outcome.code()).as(Arrays.toString(arguments)).isEqualTo(2);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err()).isNotEmpty();
    }
    assertThat(run().err()).contains("Usage: layerwatch", "  standalone ");
    assertThat(run("standalon").err()).contains("Did you mean: layerwatch standalone");
    assertThat(run("prune", "--model", "x", "--output", "y", "--drop", "4,4").err())
        .isEqualTo(
            "--drop: expected layers from 0 on, each once, such as 3,7, got \"4,4\"%nTry 'layerwatch prune --help'.%n"
                .formatted());
    assertThat(
            run("recommendations", "approve", "--model", "demo", "--reviewer", "ann").err().lines())
        .containsExactly(
            "layerwatch recommendations approve: wrong options or settings:",
            "  --model: expected NAME@REVISION, got \"demo\"");
    assertThat(run("standalone", "--duration", "5").err())
        .contains("expected a duration such as 90s, got \"5\"");
  }

  @Test
  void aPromptsFileThatIsNotThereIsOneSentence() {
    Outcome outcome = run("standalone", "--plain", "--prompts", "no-such-file");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("layerwatch: ").contains("no-such-file").hasLineCount(1);
  }

  @Test
  void aModelDirectoryThatIsNotThereIsAWrongSettingOfInstrumentToo() {
    Outcome outcome = run("instrument", "--model", "/nowhere");
    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err())
        .contains("  model.directory: expected a directory that exists, got \"/nowhere\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatStopsTheStartIsOnStandardErrorWithAScreenToo(boolean terminal) {
    System.setProperty("layerwatch.terminal", Boolean.toString(terminal));
    try {
      Outcome settings =
          run(
              "standalone",
              "--set",
              "scorer.windw.size=5s",
              "--set",
              "kafka.bootstrap.servers=h:1",
              "--set",
              "instrumentation.flush.interval=PT0.0001S");
      assertThat(settings.code()).isEqualTo(2);
      assertThat(settings.err())
          .contains("scorer.windw.size: unknown setting")
          .contains("instrumentation.flush.interval: expected a positive duration");
      Outcome servers = run("standalone", "--set", "kafka.bootstrap.servers=h:1");
      assertThat(servers.code()).isEqualTo(2);
      assertThat(servers.err())
          .contains("kafka.bootstrap.servers: expected none, since this process brings its own");
      Outcome model = run("standalone", "--model", "/nowhere");
      assertThat(model.code()).isEqualTo(2);
      assertThat(model.err())
          .contains("  model.directory: expected a directory that exists, got \"/nowhere\"");
      Outcome device = run("standalone", "--set", "instrumentation.device=gpu:99");
      assertThat(device.code()).isEqualTo(2);
      assertThat(device.err())
          .contains("  instrumentation.device: expected a GPU that PyTorch sees (")
          .contains("), got \"gpu:99\"; ");
    } finally {
      System.clearProperty("layerwatch.terminal");
    }
  }

  private static Outcome run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setProperty("layerwatch.home", "../..");
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int code = Layerwatch.execute(arguments);
      return new Outcome(
          code,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }
}
