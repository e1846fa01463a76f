package io.layerwatch.integration.images;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.AccessMode;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.Volume;
import io.layerwatch.runtime.settings.SettingsSources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** One of our images with as few rights as it is made for: read-only, no capability, not root. */
final class ServiceContainer extends GenericContainer<ServiceContainer> {

  static final int API = 8000;
  static final int ADMIN = 9400;

  private static final Capability[] EVERY = {Capability.ALL};

  /**
   * A container, not started yet.
   *
   * @param settings by the environment
   */
  ServiceContainer(String service, Map<String, String> settings) {
    super(DockerImageName.parse(Images.of(service)));
    withNetworkAliases(service);
    settings.forEach((key, value) -> withEnv(SettingsSources.variable(key), value));
    withCreateContainerCmdModifier(
        create -> {
          HostConfig host = create.getHostConfig();
          host.withReadonlyRootfs(true)
              .withTmpFs(Map.of("/tmp", "exec"))
              .withCapDrop(EVERY)
              .withSecurityOpts(List.of("no-new-privileges"));
        });
  }

  /**
   * Shows a directory of this machine to it. Testcontainers' own way first tries that with an image
   * that is not among ours.
   */
  ServiceContainer withReadOnly(Path directory, String path) {
    return withCreateContainerCmdModifier(
        create ->
            create
                .getHostConfig()
                .withBinds(new Bind(directory.toString(), new Volume(path), AccessMode.ro)));
  }

  /** Where a port of it is now; another one once it was started again. */
  URI address(int port) {
    String here =
        getCurrentContainerInfo()
            .getNetworkSettings()
            .getPorts()
            .getBindings()
            .get(ExposedPort.tcp(port))[0]
            .getHostPortSpec();
    return URI.create("http://" + getHost() + ":" + here);
  }

  /** Runs a command in it, which must succeed. */
  String exec(String... command) {
    try {
      ExecResult result = execInContainer(command);
      assertThat(result.getExitCode()).as(result.getStderr()).isZero();
      return result.getStdout().strip();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  InspectContainerResponse.ContainerState state() {
    return getDockerClient().inspectContainerCmd(getContainerId()).exec().getState();
  }

  /** SIGKILL. */
  void kill() {
    getDockerClient().killContainerCmd(getContainerId()).exec();
  }

  /** As an orchestrator does with one that ended. */
  void startAgain() {
    getDockerClient().startContainerCmd(getContainerId()).exec();
  }

  /** SIGTERM, as {@code docker stop} sends it; how long it took to end. */
  Duration stopInOrder() {
    long start = System.nanoTime();
    getDockerClient().stopContainerCmd(getContainerId()).withTimeout(30).exec();
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
