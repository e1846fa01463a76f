package io.layerwatch.benchmarks.functions;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.codec.SummaryCodec;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.serialization.Serializer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Blackhole;

/** Makes a record's bytes of a summary: as publishers do, and by Confluent's serializer. */
@State(Scope.Thread)
public class PublishBenchmark {

  // Confluent's registry in memory: ids are asked for once.
  private static final Map<String, Object> REGISTRY =
      Map.of("schema.registry.url", "mock://functions");

  private final List<ActivationSummary> summaries = Flush.summaries();
  private final SummaryCodec codec = new SummaryCodec();
  private Topics topics;
  private Topic<ActivationSummary> topic;
  private Serializer<ActivationSummary> own;
  private KafkaAvroSerializer confluent;

  @Setup
  public void open() {
    topics = new Topics("", REGISTRY, Duration.ofHours(1));
    topic = topics.activationSummaries();
    // This one registers the schema, as provisioning does.
    try (KafkaAvroSerializer first = confluent(true)) {
      first.serialize(topic.name(), codec.toAvro(summaries.get(0)));
    }
    confluent = confluent(false);
    own = topic.serde().serializer();
  }

  private static KafkaAvroSerializer confluent(boolean registering) {
    Map<String, Object> config = new HashMap<>(REGISTRY);
    config.put("auto.register.schemas", registering);
    config.put("avro.use.logical.type.converters", true);
    KafkaAvroSerializer serializer = new KafkaAvroSerializer();
    serializer.configure(config, false);
    return serializer;
  }

  @Benchmark
  @OperationsPerInvocation(Flush.SUMMARIES)
  public void publish(Blackhole hole) {
    for (ActivationSummary summary : summaries) {
      hole.consume(own.serialize(topic.name(), summary));
    }
  }

  @Benchmark
  @OperationsPerInvocation(Flush.SUMMARIES)
  public void publishByConfluent(Blackhole hole) {
    for (ActivationSummary summary : summaries) {
      hole.consume(confluent.serialize(topic.name(), codec.toAvro(summary)));
    }
  }

  @TearDown
  public void close() {
    confluent.close();
    topics.close();
  }
}
