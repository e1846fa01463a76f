package io.layerwatch.benchmarks.freshness;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** Notes when records of scores and advice arrive at a consumer that reads what is committed. */
final class TopicObserver implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Topics topics;
  private final Arrivals arrivals;
  private final KafkaConsumer<String, byte[]> consumer;
  private final Thread thread;
  private volatile boolean closing;

  TopicObserver(Laboratory laboratory, Arrivals arrivals) {
    this.topics = laboratory.topics();
    this.arrivals = arrivals;
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                laboratory.bootstrapServers(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        List.of(
            new TopicPartition(topics.layerScores().name(), 0),
            new TopicPartition(topics.pruningRecommendations().name(), 0));
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    thread = new Thread(this::run, "observer");
    thread.start();
  }

  private void run() {
    while (!closing) {
      var batch = consumer.poll(POLL);
      long now = System.currentTimeMillis();
      batch.forEach(record -> see(record, now));
    }
  }

  private void see(ConsumerRecord<String, byte[]> record, long now) {
    if (record.topic().equals(topics.layerScores().name())) {
      arrivals.see(value(topics.layerScores(), record), now);
    } else {
      arrivals.see(value(topics.pruningRecommendations(), record), now);
    }
  }

  private static <T> T value(Topic<T> topic, ConsumerRecord<String, byte[]> record) {
    return topic.serde().deserializer().deserialize(record.topic(), record.value());
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    consumer.close();
  }
}
