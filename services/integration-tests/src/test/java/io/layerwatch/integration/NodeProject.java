package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A folder with npm packages, and what runs there on Node.js. */
final class NodeProject {

  private final Path directory;

  /** The tests in the folder {@code node}, in a copy of it. */
  NodeProject(Path directory) throws IOException, InterruptedException {
    this(
        directory,
        List.of(
            "package.json",
            "package-lock.json",
            ".npmrc",
            "contract.test.js",
            "templates.test.js"));
  }

  private NodeProject(Path directory, List<String> files) throws IOException, InterruptedException {
    this.directory = directory;
    Path source = Repository.root().resolve("services/integration-tests/src/test/node");
    for (String file : files) {
      Path path = Path.of(file);
      Files.copy(source.resolve(path), directory.resolve(path.getFileName()));
    }
    install();
  }

  /** What the READMEs' consumers need, and nothing else. */
  static NodeProject ofConsumers(Path directory) throws IOException, InterruptedException {
    return new NodeProject(
        directory, List.of("consumer/package.json", "consumer/package-lock.json", ".npmrc"));
  }

  /** Grafana's types, and what holds dashboards against them. */
  static NodeProject ofDashboards(Path directory) throws IOException, InterruptedException {
    return new NodeProject(
        directory,
        List.of(
            "dashboards/package.json",
            "dashboards/package-lock.json",
            "dashboards/check.js",
            "dashboards/grafana-11.ts",
            "dashboards/grafana-13.ts",
            "dashboards/prometheus.ts",
            "dashboards/tsconfig.json",
            ".npmrc"));
  }

  /** Installs the packages, or skips the test where that cannot be done. */
  private void install() throws InterruptedException {
    try {
      Result installed = run(Map.of(), "npm", "ci", "--no-audit", "--no-fund", "--fetch-retries=1");
      if (installed.code() != 0) {
        throw Skipped.because("npm ci failed: " + installed.output());
      }
    } catch (IOException e) {
      throw Skipped.because("no npm here: " + e.getMessage());
    }
  }

  private record Result(int code, String output) {}

  /** Runs a test file, which must pass and hold that many tests. */
  void test(String file, int tests, Map<String, String> environment)
      throws IOException, InterruptedException {
    Result result = run(environment, "node", "--test", "--test-reporter=tap", file);
    assertThat(result.code()).as(result.output()).isZero();
    assertThat(result.output()).contains("# pass " + tests + "\n").contains("# fail 0\n");
  }

  private Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    Path output = Files.createTempFile(directory, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(120, TimeUnit.SECONDS);
      return new Result(ended ? process.exitValue() : -1, Files.readString(output));
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
