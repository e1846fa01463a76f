package io.layerwatch.benchmarks.streaming;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.runtime.topics.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The scorer's aggregation as a Flink job: summaries by model, site and layer into event-time
 * windows, merged as they come, then the layers of a site into scores, to a topic. It does not do
 * what the scorer does besides: find duplicates and losses by sequence numbers, keep the ledger and
 * a clock for each instance, reject bad records, watch drift.
 *
 * @param name of the job; one at a time runs under it
 * @param guarantee of the results, and of checkpoints
 */
record FlinkScoring(
    String name,
    Topics topics,
    String bootstrapServers,
    Path checkpoints,
    String output,
    Duration window,
    Duration grace,
    double sparsityThreshold,
    DeliveryGuarantee guarantee) {

  /** Names of operators, which are in those of their threads. */
  static final List<String> OPERATORS = List.of("summaries", "layer-windows", "site-windows");

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  // Functions travel to their tasks as bytes; what cannot is found here, in the same JVM.
  private static final Map<String, FlinkScoring> RUNNING = new ConcurrentHashMap<>();
  private static final Map<String, LongAdder> AGGREGATED = new ConcurrentHashMap<>();

  /** Summaries that were merged into a window so far. */
  long aggregated() {
    return AGGREGATED.computeIfAbsent(name, unknown -> new LongAdder()).sum();
  }

  /** Starts the job in this JVM. */
  JobClient start(int parallelism) throws Exception {
    RUNNING.put(name, this);
    boolean exactlyOnce = guarantee == DeliveryGuarantee.EXACTLY_ONCE;
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    configuration.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, checkpoints.toUri().toString());
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    environment.enableCheckpointing(
        CHECKPOINT_INTERVAL.toMillis(),
        exactlyOnce ? CheckpointingMode.EXACTLY_ONCE : CheckpointingMode.AT_LEAST_ONCE);
    KafkaSource<Reported> source =
        KafkaSource.<Reported>builder()
            .setBootstrapServers(bootstrapServers)
            .setTopics(topics.activationSummaries().name())
            .setGroupId(name)
            .setStartingOffsets(OffsetsInitializer.earliest())
            .setProperty("isolation.level", "read_committed")
            .setValueOnlyDeserializer(new Decoding(name))
            .build();
    String job = name;
    KafkaSink<byte[]> sink =
        KafkaSink.<byte[]>builder()
            .setBootstrapServers(bootstrapServers)
            .setDeliveryGuarantee(guarantee)
            .setTransactionalIdPrefix(job)
            .setProperty("transaction.timeout.ms", "60000")
            .setRecordSerializer(
                KafkaRecordSerializationSchema.<byte[]>builder()
                    .setTopic(output)
                    .setValueSerializationSchema(new AsItIs())
                    .build())
            .build();
    environment
        .fromSource(
            source,
            WatermarkStrategy.<Reported>forBoundedOutOfOrderness(grace)
                .withTimestampAssigner((reported, before) -> reported.time()),
            OPERATORS.get(0),
            new ReportedType())
        .keyBy(Reported::layerKey, Types.STRING)
        .window(TumblingEventTimeWindows.of(window))
        .aggregate(new Merging(name), new ReportedType(), new ReportedType())
        .name(OPERATORS.get(1))
        .keyBy(Reported::siteKey, Types.STRING)
        .window(TumblingEventTimeWindows.of(window))
        .process(new Scoring(name), PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO)
        .name(OPERATORS.get(2))
        .sinkTo(sink);
    return environment.executeAsync(name);
  }

  private static final class Decoding implements DeserializationSchema<Reported> {
    private static final long serialVersionUID = 1;
    private final String job;
    private transient org.apache.kafka.common.serialization.Deserializer<ActivationSummary> avro;

    Decoding(String job) {
      this.job = job;
    }

    @Override
    public void open(InitializationContext context) {
      avro = RUNNING.get(job).topics().activationSummaries().serde().deserializer();
    }

    @Override
    public Reported deserialize(byte[] bytes) {
      return Reported.of(avro.deserialize("", bytes));
    }

    @Override
    public boolean isEndOfStream(Reported next) {
      return false;
    }

    @Override
    public TypeInformation<Reported> getProducedType() {
      return new ReportedType();
    }
  }

  private static final class Merging implements AggregateFunction<Reported, Reported, Reported> {
    private static final long serialVersionUID = 1;
    private final String job;
    private transient LongAdder aggregated;

    Merging(String job) {
      this.job = job;
    }

    @Override
    public Reported createAccumulator() {
      return null;
    }

    @Override
    public Reported add(Reported next, Reported before) {
      if (aggregated == null) {
        aggregated = AGGREGATED.computeIfAbsent(job, unknown -> new LongAdder());
      }
      aggregated.increment();
      return before == null ? next : before.merge(next);
    }

    @Override
    public Reported getResult(Reported merged) {
      return merged;
    }

    @Override
    public Reported merge(Reported one, Reported other) {
      return one.merge(other);
    }
  }

  private static final class Scoring
      extends ProcessWindowFunction<Reported, byte[], String, TimeWindow> {
    private static final long serialVersionUID = 1;
    private final String job;

    Scoring(String job) {
      this.job = job;
    }

    @Override
    public void process(
        String site, Context context, Iterable<Reported> layers, Collector<byte[]> to) {
      FlinkScoring running = RUNNING.get(job);
      SortedMap<Integer, LayerStatistics> statistics = new TreeMap<>();
      layers.forEach(layer -> statistics.put(layer.layer(), layer.statistics()));
      Reported any = layers.iterator().next();
      ModelScores scores =
          ModelScores.of(
              any.model(),
              any.shape(),
              any.site(),
              new io.layerwatch.analysis.TimeWindow(
                  Instant.ofEpochMilli(context.window().getStart()),
                  Instant.ofEpochMilli(context.window().getEnd())),
              Sources.complete(List.of(job)),
              running.sparsityThreshold(),
              statistics);
      var topic = running.topics().layerScores();
      to.collect(topic.serde().serializer().serialize(topic.name(), scores));
    }
  }

  private static final class AsItIs implements SerializationSchema<byte[]> {
    private static final long serialVersionUID = 1;

    @Override
    public byte[] serialize(byte[] bytes) {
      return bytes;
    }
  }
}
