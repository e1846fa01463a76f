package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.process.Progress;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.ConnectionFailure;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A topic of its own for the windows of one replay, written in one transaction: whoever reads
 * committed records sees all of it or nothing. A topic that holds something already is refused. Of
 * two replays into one topic at the same time, the later one stops the earlier.
 */
final class ScoresTopic implements ScoresOutput {

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(10);

  private final Topic<ModelScores> topic;
  private final TopicProvisioner provisioner;
  private final Settings settings;

  ScoresTopic(Topics topics, Settings settings, String name) {
    this.topic = topics.replayedScores(name);
    this.provisioner = new TopicProvisioner(topics, settings);
    this.settings = settings;
  }

  /** Refuses a topic that holds records. */
  @Override
  public void check() {
    try (TopicReader reader = TopicReader.open(settings, topic.name(), Instant.EPOCH)) {
      reader.read(
          Progress.none(),
          record -> {
            throw new ReplayException(
                "topic "
                    + topic.name()
                    + " holds records already: name another, or delete it first");
          });
    }
  }

  @Override
  public void write(Stream<ModelScores> windows) {
    provisioner.provision(List.of(topic));
    Producer<String, byte[]> producer =
        new KafkaProducer<>(config(), new StringSerializer(), new ByteArraySerializer());
    try {
      producer.initTransactions();
      // Only now can no other replay come between.
      check();
      producer.beginTransaction();
      send(producer, windows);
      commit(producer);
    } catch (KafkaException e) {
      throw new ReplayException(
          "topic " + topic.name() + " cannot be written: " + ConnectionFailure.rootMessage(e), e);
    } finally {
      // Aborts what is not committed.
      producer.close(CLOSE_TIMEOUT);
    }
  }

  private void send(Producer<String, byte[]> producer, Stream<ModelScores> windows) {
    try {
      for (Future<RecordMetadata> sent : windows.map(this::record).map(producer::send).toList()) {
        sent.get();
      }
    } catch (ExecutionException e) {
      throw new KafkaException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReplayException("interrupted while scores were published", e);
    }
  }

  private void commit(Producer<String, byte[]> producer) {
    try {
      producer.commitTransaction();
    } catch (TimeoutException e) {
      throw new ReplayException(
          "Kafka stopped answering, and whether topic "
              + topic.name()
              + " was committed is not known; another run will tell",
          e);
    }
  }

  private ProducerRecord<String, byte[]> record(ModelScores scores) {
    return new ProducerRecord<>(
        topic.name(),
        null,
        scores.window().end().toEpochMilli(),
        scores.model().key(),
        topic.serde().serializer().serialize(topic.name(), scores));
  }

  private Map<String, Object> config() {
    Map<String, Object> config = new HashMap<>(settings.kafka());
    config.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
    config.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    config.put(ProducerConfig.ACKS_CONFIG, "all");
    config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, "layerwatch-replay-" + topic.name());
    return config;
  }
}
