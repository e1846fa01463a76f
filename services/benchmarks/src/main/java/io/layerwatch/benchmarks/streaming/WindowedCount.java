package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.StreamsTuning;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;

/**
 * A bare aggregation by Kafka Streams' own DSL: decoded summaries counted by their key in windows,
 * in memory with a changelog and with its own cache before both, as its own DSL has it. One key a
 * model, no scores, and nothing written but the counts' changelog.
 *
 * @param guarantee as Kafka Streams calls it
 */
record WindowedCount(String guarantee) implements Contender {

  @Override
  public Work start(Backlog backlog, String id, int threads) {
    Topics topics = backlog.topics();
    LongAdder counted = new LongAdder();
    KafkaStreams streams =
        new KafkaStreams(
            topology(backlog, topics.activationSummaries(), counted),
            properties(backlog, id, threads));
    streams.start();
    return new Work() {
      @Override
      public long done() {
        if (streams.state().hasCompletedShutdown()) {
          throw new IllegalStateException(id + " ended: " + streams.state());
        }
        return counted.sum();
      }

      @Override
      public void close() {
        streams.close();
        topics.close();
      }
    };
  }

  private static Topology topology(
      Backlog backlog, Topic<ActivationSummary> summaries, LongAdder counted) {
    // Threads of Kafka Streams share what a topology names, and a reader is for one thread.
    var readers = ThreadLocal.withInitial(summaries.serde()::deserializer);
    Serde<ActivationSummary> serde =
        Serdes.serdeFrom(
            summaries.serde().serializer(),
            (topic, bytes) -> readers.get().deserialize(topic, bytes));
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(summaries.name(), Consumed.with(Serdes.String(), serde))
        .peek((model, summary) -> counted.increment())
        .groupByKey(Grouped.with(Serdes.String(), serde))
        .windowedBy(TimeWindows.ofSizeAndGrace(backlog.window(), backlog.grace()))
        .count(
            Materialized.<String, Long>as(
                    Stores.inMemoryWindowStore(
                        "counts", backlog.window().plus(backlog.grace()), backlog.window(), false))
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long()));
    return builder.build();
  }

  private Properties properties(Backlog backlog, String id, int threads) {
    Properties properties = new Properties();
    // What the scorer has.
    properties.putAll(StreamsTuning.settings());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, backlog.directory("streams").toString());
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, backlog.bootstrapServers());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, backlog.commitMillis());
    properties.put("auto.offset.reset", "earliest");
    return properties;
  }
}
