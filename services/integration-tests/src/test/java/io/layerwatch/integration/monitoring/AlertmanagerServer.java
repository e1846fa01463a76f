package io.layerwatch.integration.monitoring;

import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;

/** A real Alertmanager, which tells a webhook on this machine at once. */
final class AlertmanagerServer implements AutoCloseable {

  private static final DockerImageName IMAGE = DockerImageName.parse("prom/alertmanager:v0.33.1");
  private static final int PORT = 9093;

  private final GenericContainer<?> container;

  /** Starts it. */
  AlertmanagerServer(Webhook webhook) {
    container =
        new GenericContainer<>(IMAGE)
            .withCopyToContainer(
                Transferable.of(
                    """
                    route:
                      group_by: [alertname, model, revision]
                      group_wait: 1s
                      group_interval: 1s
                      receiver: people
                    receivers:
                      - name: people
                        webhook_configs: [{url: '%s', send_resolved: true}]
                    """
                        .formatted(webhook.address())),
                "/etc/alertmanager/alertmanager.yml")
            .withCommand(
                "--config.file=/etc/alertmanager/alertmanager.yml",
                "--storage.path=/alertmanager",
                "--cluster.listen-address=")
            .withExposedPorts(PORT)
            .waitingFor(Wait.forHttp("/-/ready"));
    Containers.start(container);
  }

  /** The port of this machine that it listens on. */
  int port() {
    return container.getMappedPort(PORT);
  }

  @Override
  public void close() {
    container.close();
  }
}
