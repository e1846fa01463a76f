package io.layerwatch.integration.images;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.integration.KafkaCluster;
import io.layerwatch.integration.Repository;
import io.layerwatch.integration.RunningLoop;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.utility.DockerImageName;

/** Our images, Kafka and a registry, a container each. */
final class ContainerLoop implements RunningLoop, AutoCloseable {

  private static final String CCOMPAT = "/apis/ccompat/v7";
  private static final int REGISTRY_PORT = 8080;

  private final Network network = Network.newNetwork();
  // Its own, since what was given by chance would be another one when it comes back.
  private final int kafkaPort = KafkaCluster.freePorts(1).get(0);
  private final GenericContainer<?> kafka = kafka();
  private final GenericContainer<?> registry = registry();
  final ServiceContainer instrumentation;
  final ServiceContainer scorer;
  final ServiceContainer recommender;
  private final Settings settings;
  private final Topics topics;

  /**
   * Starts everything.
   *
   * @param overrides settings of all services; each is given those that it knows
   */
  ContainerLoop(Map<String, String> overrides) {
    try {
      Startables.deepStart(kafka, registry).join();
      Map<String, String> inside = new HashMap<>(overrides);
      inside.put(CommonSettings.BOOTSTRAP_SERVERS, "kafka:19092");
      inside.put(CommonSettings.SCHEMA_REGISTRY_URL, "http://registry:8080" + CCOMPAT);
      inside.put(InstrumentationSettings.MODEL_DIRECTORY, "/model");
      instrumentation =
          service("instrumentation", inside, InstrumentationSettings.define())
              .withReadOnly(Repository.demoModel(), "/model");
      instrumentation.addExposedPort(ServiceContainer.API);
      scorer = service("scorer", inside, ScorerSettings.define());
      recommender = service("recommender", inside, RecommenderSettings.define());
      Startables.deepStart(services()).join();
      settings =
          Settings.load(
              CommonSettings.define(),
              SettingsSources.of(
                  Map.of(
                      CommonSettings.BOOTSTRAP_SERVERS,
                      "localhost:" + kafkaPort,
                      CommonSettings.SCHEMA_REGISTRY_URL,
                      "http://"
                          + registry.getHost()
                          + ":"
                          + registry.getMappedPort(REGISTRY_PORT)
                          + CCOMPAT)));
      topics = Topics.of(settings);
    } catch (RuntimeException e) {
      stopContainers();
      throw e;
    }
  }

  private GenericContainer<?> kafka() {
    GenericContainer<?> container =
        new GenericContainer<>(DockerImageName.parse(Images.KAFKA))
            .withNetwork(network)
            .withNetworkAliases("kafka")
            .withEnv(
                Map.ofEntries(
                    Map.entry("KAFKA_NODE_ID", "1"),
                    Map.entry("KAFKA_PROCESS_ROLES", "broker,controller"),
                    Map.entry("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093"),
                    Map.entry("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER"),
                    Map.entry("KAFKA_LISTENERS", "INSIDE://:19092,HOST://:9092,CONTROLLER://:9093"),
                    Map.entry(
                        "KAFKA_ADVERTISED_LISTENERS",
                        "INSIDE://kafka:19092,HOST://localhost:" + kafkaPort),
                    Map.entry(
                        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
                        "INSIDE:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT"),
                    Map.entry("KAFKA_INTER_BROKER_LISTENER_NAME", "INSIDE"),
                    Map.entry("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1"),
                    Map.entry("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1"),
                    Map.entry("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1"),
                    Map.entry("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")))
            .waitingFor(Wait.forListeningPort());
    container.setPortBindings(List.of(kafkaPort + ":9092"));
    return container;
  }

  private GenericContainer<?> registry() {
    return new GenericContainer<>(DockerImageName.parse(Images.REGISTRY))
        .withNetwork(network)
        .withNetworkAliases("registry")
        .withExposedPorts(REGISTRY_PORT)
        .waitingFor(
            Wait.forHttp(CCOMPAT + "/subjects")
                .forPort(REGISTRY_PORT)
                .withStartupTimeout(Duration.ofMinutes(2)));
  }

  private ServiceContainer service(String name, Map<String, String> all, ConfigDef definition) {
    Map<String, String> own = new HashMap<>(all);
    own.keySet().retainAll(definition.names());
    return new ServiceContainer(name, own)
        .withNetwork(network)
        .withExposedPorts(ServiceContainer.ADMIN)
        .waitingFor(
            Wait.forHttp("/readyz")
                .forPort(ServiceContainer.ADMIN)
                .withStartupTimeout(Duration.ofMinutes(2)));
  }

  List<ServiceContainer> services() {
    return List.of(instrumentation, scorer, recommender);
  }

  @Override
  public URI api() {
    return instrumentation.address(ServiceContainer.API);
  }

  @Override
  public List<URI> admin() {
    return services().stream().map(each -> each.address(ServiceContainer.ADMIN)).toList();
  }

  @Override
  public Settings settings() {
    return settings;
  }

  @Override
  public Topics topics() {
    return topics;
  }

  @Override
  public void pauseBroker() {
    kafka.getDockerClient().stopContainerCmd(kafka.getContainerId()).withTimeout(5).exec();
  }

  @Override
  public void resumeBroker() {
    kafka.getDockerClient().startContainerCmd(kafka.getContainerId()).exec();
  }

  @Override
  public void close() {
    topics.close();
    stopContainers();
  }

  private void stopContainers() {
    Stream.of(instrumentation, scorer, recommender, registry, kafka)
        .filter(Objects::nonNull)
        .parallel()
        .forEach(GenericContainer::stop);
    network.close();
  }
}
