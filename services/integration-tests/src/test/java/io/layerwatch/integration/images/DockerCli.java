package io.layerwatch.integration.images;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.integration.Repository;
import io.layerwatch.integration.Skipped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Docker's command line, as the READMEs use it. */
final class DockerCli {

  /**
   * What a command came to.
   *
   * @param output standard output and error
   */
  record Outcome(int code, String output) {

    /** The output of a command that must have succeeded. */
    String orFail() {
      assertThat(code).as(output).isZero();
      return output;
    }
  }

  private DockerCli() {}

  /** Skips a test where images cannot be built or had; each reason is printed. */
  static void require(String test, String... images) {
    requireSuccess(test, "Docker does not answer", "docker", "info");
    requireSuccess(test, "docker has no buildx", "docker", "buildx", "version");
    for (String image : images) {
      if (run(Map.of(), "docker", "image", "inspect", image).code() != 0) {
        requireSuccess(test, image + " cannot be had", "docker", "pull", "--quiet", image);
      }
    }
  }

  static void requireSuccess(String test, String obstacle, String... command) {
    Outcome outcome = run(Map.of(), command);
    if (outcome.code() != 0) {
      throw Skipped.because(test + ": " + obstacle + ": " + outcome.output().strip());
    }
  }

  /** Runs a command at the top of the repository. */
  static Outcome run(Map<String, String> environment, String... command) {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(Repository.root().toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return new Outcome(process.waitFor(), output);
    } catch (IOException e) {
      return new Outcome(127, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException(new IOException(e));
    }
  }

  static String[] command(List<String> first, String... rest) {
    return Stream.concat(first.stream(), Stream.of(rest)).toArray(String[]::new);
  }
}
