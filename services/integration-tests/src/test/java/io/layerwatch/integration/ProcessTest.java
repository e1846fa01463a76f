package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as its own process: what it prints, and how it ends. */
class ProcessTest {

  @TempDir private Path directory;

  private final List<Process> processes = new ArrayList<>();

  @AfterEach
  void leaveNoProcessBehind() {
    processes.forEach(Process::destroyForcibly);
  }

  @Test
  void standaloneShowsWindowsAndEndsOnSigtermWithinFiveSeconds() throws Exception {
    Path output = directory.resolve("output");
    Process process = start(output, "standalone", "--plain");
    await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> Files.readString(output).contains("window 2 "));
    endWithSigterm(process);
    assertThat(Files.readString(output)).contains("layer=11").doesNotContain("Exception");
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void ofTwoThatStartAtOnceBothComeUp() throws Exception {
    List<Path> outputs = List.of(directory.resolve("first"), directory.resolve("second"));
    for (Path output : outputs) {
      start(output, "standalone", "--plain", "--no-traffic");
    }
    for (Path output : outputs) {
      await()
          .atMost(Duration.ofSeconds(90))
          // Its last line of the start; the log has a similar one before.
          .until(() -> Files.readString(output).contains(", schema registry at http://"));
    }
    assertThat(processes).allMatch(Process::isAlive);
    assertThat(Files.readString(outputs.get(0)) + Files.readString(outputs.get(1)))
        .contains("layerwatch: port 8000 is taken; the API at http://127.0.0.1:")
        .contains("layerwatch: port 9400 is taken; metrics at http://127.0.0.1:");
    for (Process process : processes) {
      endWithSigterm(process);
    }
  }

  @Test
  void aStopDuringTheStartLeavesNothingBehind() throws Exception {
    Path output = directory.resolve("output");
    Process process = start(output, "standalone", "--plain");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> temporaryFiles().stream().anyMatch(name -> name.startsWith("layerwatch-")));
    endWithSigterm(process);
    assertThat(Files.readString(output)).doesNotContain("Exception");
    assertThat(temporaryFiles()).isEmpty();
  }

  @Test
  void standaloneProposesLayersOfAnotherModel() throws Exception {
    Path model = Repository.shared("models/stories260k");
    Path output = directory.resolve("output");
    Process process =
        start(
            output,
            "standalone",
            "--plain",
            "--model",
            model.toString(),
            "--set",
            "scorer.window.size=5s",
            "--set",
            "recommender.windows=3");
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> Files.readString(output).contains("candidate"));
    endWithSigterm(process);
    assertThat(Files.readString(output)).contains("stories260k@").contains("layer=4");
  }

  private static void endWithSigterm(Process process) throws InterruptedException {
    long start = System.nanoTime();
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    assertThat(process.exitValue()).isEqualTo(128 + 15);
  }

  /** What is left in the temporary directory of the processes, but for the JVM's own. */
  private List<String> temporaryFiles() throws IOException {
    try (Stream<Path> files = Files.list(temporary())) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private Path temporary() throws IOException {
    return Files.createDirectories(directory.resolve("temporary"));
  }

  @Test
  void badSettingsAreListedAndEndTheProcessWithTwo() throws Exception {
    Path output = directory.resolve("output");
    Process process =
        start(output, "score", "--set", "scorer.window.size=5", "--set", "scorer.windw.grace=1s");
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(2);
    assertThat(Files.readString(output))
        .contains("scorer.window.size: expected a positive duration such as 5s, got \"5\"")
        .contains("scorer.windw.grace: unknown setting; did you mean scorer.window.grace?");
  }

  @Test
  void aMissingModelIsOneClearSentenceAndEndsTheProcessWithOne() throws Exception {
    Path output = directory.resolve("output");
    Path prompts = Repository.demoPrompts();
    Process process =
        start(output, "analyze", "--model", "no-such-model", "--prompts", prompts.toString());
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(1);
    assertThat(Files.readString(output).lines().filter(line -> line.startsWith("layerwatch: ")))
        .singleElement()
        .asString()
        .contains("no-such-model: expected a model directory, found none");
  }

  private Process start(Path output, String... arguments) throws IOException {
    Process process = LayerwatchProcess.start(output, temporary(), arguments);
    processes.add(process);
    return process;
  }
}
