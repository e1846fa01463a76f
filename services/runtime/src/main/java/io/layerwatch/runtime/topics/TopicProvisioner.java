package io.layerwatch.runtime.topics;

import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Creates the topics that are missing and registers their schemas, FULL_TRANSITIVE. */
public final class TopicProvisioner {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Topics topics;
  private final Settings settings;

  public TopicProvisioner(Topics topics, Settings settings) {
    this.topics = topics;
    this.settings = settings;
  }

  /**
   * Makes everything exist. Processes may do this at the same time.
   *
   * @throws StartException when broker or registry does not answer, or refuses
   */
  public void provision() {
    provision(topics.all());
  }

  /** Makes only these exist. */
  public void provision(List<Topic<?>> wanted) {
    createTopics(wanted);
    registerSchemas(wanted);
  }

  private void createTopics(List<Topic<?>> wanted) {
    String brokers = String.valueOf(settings.kafka().get("bootstrap.servers"));
    Map<String, Object> config = new HashMap<>(settings.kafka());
    config.putIfAbsent("default.api.timeout.ms", (int) TIMEOUT.toMillis());
    config.putIfAbsent("request.timeout.ms", (int) TIMEOUT.toMillis() / 2);
    try (Admin admin = Admin.create(config)) {
      Set<String> existing = admin.listTopics().names().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
      List<NewTopic> missing =
          wanted.stream()
              .filter(topic -> !existing.contains(topic.name()))
              .map(this::newTopic)
              .toList();
      for (var creation : admin.createTopics(missing).values().entrySet()) {
        awaitCreation(creation.getKey(), creation.getValue());
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new StartException(
          ConnectionFailure.ofKafka(brokers, e)
              .orElseGet(
                  () ->
                      "Kafka at "
                          + brokers
                          + " does not answer: "
                          + message(e)
                          + "; is it running?"),
          e);
    } catch (KafkaException e) {
      throw new StartException(
          ConnectionFailure.ofKafka(brokers, e)
              .orElseGet(
                  () -> "Kafka's client cannot be set up: " + ConnectionFailure.rootMessage(e)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while topics were created", e);
    }
  }

  private NewTopic newTopic(Topic<?> topic) {
    int replicas = settings.integer(CommonSettings.TOPICS_REPLICATION);
    return new NewTopic(
            topic.name(),
            Optional.of(settings.integer(CommonSettings.TOPICS_PARTITIONS)),
            replicas < 1 ? Optional.empty() : Optional.of((short) replicas))
        .configs(topic.config());
  }

  private static void awaitCreation(
      String topic, org.apache.kafka.common.KafkaFuture<Void> creation)
      throws InterruptedException {
    try {
      creation.get();
    } catch (ExecutionException e) {
      // Another process was faster.
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new StartException("topic " + topic + " cannot be created: " + message(e), e);
      }
    }
  }

  private void registerSchemas(List<Topic<?>> wanted) {
    SchemaRegistryClient registry = topics.registry();
    for (Topic<?> topic : wanted) {
      if (topic.schema().isPresent()) {
        try {
          registry.register(topic.subject(), new AvroSchema(topic.schema().get()));
          setCompatibility(registry, topic.subject());
        } catch (IOException | RestClientException e) {
          throw new StartException(
              ConnectionFailure.ofRegistry(topics.registryUrl(), e)
                  .orElseGet(
                      () ->
                          "schema "
                              + topic.subject()
                              + " cannot be registered at "
                              + topics.registryUrl()
                              + ": "
                              + e.getMessage()),
              e);
        }
      }
    }
  }

  /** Once more where it is refused: of two processes that set it first, some registries say no. */
  private static void setCompatibility(SchemaRegistryClient registry, String subject)
      throws IOException, RestClientException {
    String level = CompatibilityLevel.FULL_TRANSITIVE.name;
    try {
      registry.updateCompatibility(subject, level);
    } catch (RestClientException e) {
      registry.updateCompatibility(subject, level);
    }
  }

  private static String message(Exception e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
