package io.layerwatch.instrumentation.verify;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.runtime.metrics.KafkaMetrics;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what is recommended for the model that this process serves, has each candidate measured,
 * and publishes the result.
 *
 * <p>The replicas of a model are one consumer group, so one of them does it: that which is assigned
 * the partition of the model's key. What it has read counts as read once nothing is left to
 * measure; if it goes before, another one measures.
 */
public final class CandidateFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CandidateFeed.class);
  private static final Duration POLL = Duration.ofMillis(300);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration PAUSE_AFTER_ERROR = Duration.ofSeconds(30);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);
  private static final int JOIN_MILLIS = 1_000;

  private final ModelId model;
  private final Topic<PruningRecommendation> recommendations;
  private final Topic<PruningEvaluation> evaluations;
  private final Map<String, Object> kafka;
  private final Producer<String, byte[]> producer;
  private final PruningVerifier verifier;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final KafkaMetrics kafkaMetrics;
  private final Thread thread = new Thread(this::run, "layerwatch-candidates");

  /** What the newest record of the model proposes. */
  private Optional<PruningProposal> candidate = Optional.empty();

  /** That record, until it was decoded, which the registry may hold up. */
  private Optional<byte[]> undecoded = Optional.empty();

  /** Where the model's records are, once one was read. */
  private Optional<TopicPartition> partition = Optional.empty();

  /** Whether something was read that a successor would have to read again. */
  private boolean unconfirmed;

  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * Starts to read.
   *
   * @param kafka settings of the Kafka clients
   * @param instance that measures
   * @throws io.layerwatch.runtime.settings.InvalidSettingsException when a text is not one to
   *     measure on
   */
  public CandidateFeed(
      VerifierSettings settings,
      LanguageModel model,
      String instance,
      Topics topics,
      Map<String, Object> kafka,
      PrometheusRegistry registry) {
    List<EvaluationSet> texts =
        settings.data().stream().map(file -> EvaluationSet.read(file, model, settings)).toList();
    this.model = model.id();
    this.recommendations = topics.pruningRecommendations();
    this.evaluations = topics.pruningEvaluations();
    this.kafka = kafka;
    this.consumer =
        new KafkaConsumer<>(
            consumerConfig(), new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.producer =
        new KafkaProducer<>(producerConfig(), new StringSerializer(), new ByteArraySerializer());
    this.verifier =
        new PruningVerifier(
            new CandidateMeasurement(
                model,
                texts,
                settings.gate(),
                new TimeShare(settings.share()),
                instance,
                InstantSource.system()),
            this::publish,
            new VerifierMetrics(registry),
            PAUSE_AFTER_ERROR);
    this.kafkaMetrics = KafkaMetrics.export(registry, "verifier", this::clientMetrics);
    thread.setDaemon(true);
    thread.start();
  }

  private Map<String, Object> consumerConfig() {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ConsumerConfig.GROUP_ID_CONFIG, "layerwatch-verifier." + model.key());
    config.put(ConsumerConfig.CLIENT_ID_CONFIG, "layerwatch-verifier");
    config.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    config.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    config.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    if (!"consumer"
        .equalsIgnoreCase(String.valueOf(config.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG)))) {
      // A replica that comes or goes elsewhere must not end a measurement here.
      config.putIfAbsent(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    return config;
  }

  private Map<String, Object> producerConfig() {
    Map<String, Object> config = new HashMap<>(kafka);
    config.put(ProducerConfig.CLIENT_ID_CONFIG, "layerwatch-verifier");
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    return config;
  }

  private Map<MetricName, Metric> clientMetrics() {
    Map<MetricName, Metric> both = new HashMap<>(consumer.metrics());
    both.putAll(producer.metrics());
    return both;
  }

  private void run() {
    try (consumer) {
      consumer.subscribe(List.of(recommendations.name()), new Stopping());
      while (closing.getCount() > 0) {
        pollOrPause();
      }
    } catch (WakeupException e) {
      LOG.debug("closed");
    } catch (KafkaException e) {
      LOG.warn("the consumer of candidates failed to close", e);
    }
  }

  /** Kafka's troubles are not the model's: this goes on when they are over. */
  private void pollOrPause() {
    try {
      ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
      records.forEach(this::read);
      if (records.isEmpty()) {
        // Read to the end: what was a candidate in between is none any more.
        if (undecoded.isPresent()) {
          candidate = proposal(undecoded.get());
          undecoded = Optional.empty();
        }
        verifier.want(candidate);
        if (unconfirmed && verifier.isIdle()) {
          consumer.commitSync();
          unconfirmed = false;
        }
      }
    } catch (WakeupException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn("candidates cannot be read, trying again", e);
      pause();
    }
  }

  private void pause() {
    try {
      var unused = closing.await(PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      closing.countDown();
    }
  }

  private void read(ConsumerRecord<byte[], byte[]> record) {
    unconfirmed = true;
    if (!Arrays.equals(record.key(), model.key().getBytes(StandardCharsets.UTF_8))) {
      return;
    }
    partition = Optional.of(new TopicPartition(record.topic(), record.partition()));
    candidate = Optional.empty();
    undecoded = Optional.ofNullable(record.value());
  }

  private Optional<PruningProposal> proposal(byte[] value) {
    try {
      PruningRecommendation recommendation =
          recommendations.serde().deserializer().deserialize(recommendations.name(), value);
      return recommendation.state() instanceof Candidate state
          ? Optional.of(state.proposal())
          : Optional.empty();
    } catch (InvalidRecordException e) {
      LOG.warn("{}: a recommendation that cannot be read: {}", model, e.getMessage());
      return Optional.empty();
    }
  }

  /** Waits until Kafka has it: only then there is nothing left to do. */
  private void publish(PruningEvaluation evaluation) throws InterruptedException {
    while (true) {
      try {
        byte[] value = evaluations.serde().serializer().serialize(evaluations.name(), evaluation);
        producer.send(new ProducerRecord<>(evaluations.name(), model.key(), value)).get();
        return;
      } catch (KafkaException | ExecutionException e) {
        LOG.warn("an evaluation of {} could not be published yet", model, e);
        Thread.sleep(PAUSE_AFTER_FAILURE.toMillis());
      }
    }
  }

  /** Whoever is assigned the model next measures. */
  private final class Stopping implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      if (partition.filter(partitions::contains).isEmpty()) {
        return;
      }
      candidate = Optional.empty();
      undecoded = Optional.empty();
      unconfirmed = false;
      verifier.want(candidate);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {}
  }

  @Override
  public void close() {
    kafkaMetrics.close();
    closing.countDown();
    consumer.wakeup();
    verifier.close();
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close(CLOSE_TIMEOUT);
  }
}
