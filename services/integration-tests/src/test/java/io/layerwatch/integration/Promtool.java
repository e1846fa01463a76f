package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import org.testcontainers.utility.MountableFile;

/** Prometheus' own judge of rules: the one on the path, else that of Prometheus' image. */
public final class Promtool {

  private static final String IMAGE = "prom/prometheus:v3.5.3";
  private static final String IN_CONTAINER = "/rules";

  /**
   * For its user, who does not own what is copied, as a temporary directory is its owner's only.
   */
  private static final int READABLE_BY_ALL = 0755;

  private Promtool() {}

  /** Runs it in a directory, where it must have nothing to object to; skipped without either. */
  public static void accepts(Path directory, String... arguments)
      throws IOException, InterruptedException {
    if (Programs.onPath("promtool").isPresent()) {
      Process process =
          new ProcessBuilder(command(arguments))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return;
    }
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      throw Skipped.because(
          "promtool is not installed on this machine, and Docker does not answer");
    }
    try (GenericContainer<?> prometheus =
        new GenericContainer<>(DockerImageName.parse(IMAGE))
            .withCopyFileToContainer(
                MountableFile.forHostPath(directory, READABLE_BY_ALL), IN_CONTAINER)
            .withWorkingDirectory(IN_CONTAINER)
            .withCreateContainerCmdModifier(create -> create.withEntrypoint("sleep"))
            .withCommand("300")) {
      prometheus.start();
      var result = prometheus.execInContainer(command(arguments).toArray(String[]::new));
      assertThat(result.getExitCode()).as(result.getStdout() + result.getStderr()).isZero();
    } catch (ContainerFetchException e) {
      throw Skipped.because(
          "promtool is not installed on this machine, and its image cannot be had: " + e);
    }
  }

  private static List<String> command(String... arguments) {
    return Stream.concat(Stream.of("promtool"), Stream.of(arguments)).toList();
  }
}
