package io.layerwatch.integration.monitoring;

import io.layerwatch.integration.Skipped;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;

/** Starts what tests need in containers; where it cannot be had, the test is skipped. */
final class Containers {

  /** This machine, as a container knows it. */
  static final String THIS_MACHINE = "host.docker.internal";

  private Containers() {}

  /** Starts it; it can reach what listens on all addresses of this machine. */
  static void start(GenericContainer<?> container) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      throw Skipped.because("Docker does not answer");
    }
    try {
      container.withExtraHost(THIS_MACHINE, "host-gateway").start();
    } catch (ContainerFetchException e) {
      throw Skipped.because("an image cannot be had: " + e);
    }
  }
}
