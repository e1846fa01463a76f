package io.layerwatch.standalone.registry;

import static org.junit.jupiter.api.Assumptions.abort;

import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** Apicurio Registry through its Confluent API, in a container. */
class ApicurioRegistryTest extends RegistryContract {

  private static final String API = "/apis/ccompat/v7";
  private static final GenericContainer<?> APICURIO =
      new GenericContainer<>(DockerImageName.parse("apicurio/apicurio-registry:3.3.3"))
          .withExposedPorts(8080)
          .waitingFor(
              Wait.forHttp(API + "/subjects")
                  .forPort(8080)
                  .withStartupTimeout(Duration.ofMinutes(2)));

  private static Optional<String> obstacle = Optional.empty();

  @BeforeAll
  static void start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      obstacle = Optional.of("Docker does not answer");
      return;
    }
    try {
      APICURIO.start();
    } catch (ContainerFetchException e) {
      obstacle = Optional.of("an image cannot be had: " + e.getMessage());
    }
  }

  /** Each test is skipped, so that the report counts them. */
  @BeforeEach
  void skipWhereThereIsNoContainer() {
    obstacle.ifPresent(
        why -> {
          System.out.println("skipped: ApicurioRegistryTest: " + why);
          abort(why);
        });
  }

  @AfterAll
  static void stop() {
    APICURIO.stop();
  }

  @Override
  String url() {
    return "http://" + APICURIO.getHost() + ":" + APICURIO.getMappedPort(8080) + API;
  }
}
