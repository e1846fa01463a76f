package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.benchmarks.streaming.Backlog;
import io.layerwatch.scorer.StreamsTuning;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;

/**
 * The scorer's aggregation as a Flink job: summaries by model, site and layer into event-time
 * windows, merged as they come, then the layers of a site into scores, to a topic. It does not do
 * what the scorer does besides: find losses by sequence numbers, keep the ledger and a clock for
 * each instance, reject bad records, watch drift.
 *
 * @param name of the job; one at a time runs under it
 * @param guarantee of the results, and of checkpoints
 */
record FlinkScoring(String name, FlinkStyle style, Backlog backlog, DeliveryGuarantee guarantee) {

  /** The scorer's own default. */
  private static final double SPARSITY_THRESHOLD = 0.01;

  /** Starts the job in this JVM. */
  JobClient start(int parallelism) throws Exception {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration());
    environment.enableCheckpointing(
        backlog.commitMillis(),
        guarantee == DeliveryGuarantee.EXACTLY_ONCE
            ? CheckpointingMode.EXACTLY_ONCE
            : CheckpointingMode.AT_LEAST_ONCE);
    layers(environment)
        .keyBy(Reported::siteKey, Types.STRING)
        .window(TumblingEventTimeWindows.of(backlog.window()))
        .process(
            new Scoring(backlog, SPARSITY_THRESHOLD),
            PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .name("site-windows")
        .sinkTo(sink());
    return environment.executeAsync(name);
  }

  private DataStream<Reported> layers(StreamExecutionEnvironment environment) {
    return switch (style) {
      case GENERATED -> layers(environment, new GeneratedSummaries(backlog));
      case SUMS -> layers(environment, new DecodedSummaries(backlog, false));
      case BY_INSTANCE -> layers(environment, new DecodedSummaries(backlog, true));
    };
  }

  private <T> DataStream<Reported> layers(
      StreamExecutionEnvironment environment, Summaries<T> summaries) {
    return environment
        .fromSource(
            source(summaries),
            WatermarkStrategy.<T>forBoundedOutOfOrderness(backlog.grace())
                .withTimestampAssigner((summary, before) -> summaries.time(summary)),
            "summaries",
            summaries.getProducedType())
        .keyBy(summaries::key, Types.STRING)
        .window(TumblingEventTimeWindows.of(backlog.window()))
        .aggregate(new Merging<>(name, summaries), new ReportedType(), new ReportedType())
        .name("layer-windows");
  }

  private Configuration configuration() {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        backlog.directory("checkpoints-" + name).toUri().toString());
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    // A failure ends the benchmark instead of being counted as work.
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "disable");
    return configuration;
  }

  private <T> KafkaSource<T> source(Summaries<T> summaries) {
    return KafkaSource.<T>builder()
        .setBootstrapServers(backlog.bootstrapServers())
        .setTopics(backlog.summaries())
        .setGroupId(name)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setProperty("isolation.level", "read_committed")
        // As the scorer's consumer.
        .setProperty("max.poll.records", "1000")
        .setProperty("max.partition.fetch.bytes", Integer.toString(StreamsTuning.FETCH_BYTES))
        .setValueOnlyDeserializer(summaries)
        .build();
  }

  private KafkaSink<byte[]> sink() {
    return KafkaSink.<byte[]>builder()
        .setBootstrapServers(backlog.bootstrapServers())
        .setDeliveryGuarantee(guarantee)
        .setTransactionalIdPrefix(name)
        .setProperty("transaction.timeout.ms", "60000")
        .setRecordSerializer(
            KafkaRecordSerializationSchema.<byte[]>builder()
                .setTopic(FlinkContender.OUTPUT)
                .setValueSerializationSchema(new AsItIs())
                .build())
        .build();
  }

  private static final class AsItIs implements SerializationSchema<byte[]> {
    private static final long serialVersionUID = 1;

    @Override
    public byte[] serialize(byte[] bytes) {
      return bytes;
    }
  }
}
