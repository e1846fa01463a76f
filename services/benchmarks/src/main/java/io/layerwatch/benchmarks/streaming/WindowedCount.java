package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.runtime.topics.Topic;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.Stores;

/**
 * The least that Kafka Streams can do of the kind: decoded summaries counted by their key in
 * windows, in memory with a changelog, as its own DSL has it. One key a model, and no scores.
 *
 * @param guarantee as Kafka Streams calls it
 */
record WindowedCount(String guarantee, Duration window, Duration grace) implements Contender {

  @Override
  public String name() {
    return "windowed count, " + guarantee.replace("_v2", "").replace('_', ' ');
  }

  @Override
  public Pass pass(Laboratory laboratory, String id, int threads) throws Exception {
    LongAdder counted = new LongAdder();
    Topic<ActivationSummary> summaries = laboratory.topics().activationSummaries();
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(summaries.name(), Consumed.with(Serdes.String(), summaries.serde()))
        .peek((model, summary) -> counted.increment())
        .groupByKey(Grouped.with(Serdes.String(), summaries.serde()))
        .windowedBy(TimeWindows.ofSizeAndGrace(window, grace))
        .count(
            Materialized.<String, Long>as(
                    Stores.inMemoryWindowStore("counts", window.plus(grace), window, false))
                .withKeySerde(Serdes.String())
                .withValueSerde(Serdes.Long()));
    Properties properties = new Properties();
    properties.putAll(laboratory.streams());
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, id);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, laboratory.bootstrapServers());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, guarantee);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
    // As often as the scorer.
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 1_000);
    properties.put("auto.offset.reset", "earliest");
    try (KafkaStreams streams = new KafkaStreams(builder.build(), properties)) {
      streams.start();
      return Counted.pass(
          laboratory.published(),
          counted::sum,
          name -> name.startsWith(id + "-") && name.matches(".*-StreamThread-\\d+"));
    }
  }
}
