package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.streaming.flink.FlinkContender;
import io.layerwatch.benchmarks.streaming.flink.FlinkStyle;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.kafka.streams.StreamsConfig;

/** All that are compared. */
enum Contenders {
  READER("consume and decode", Output.NONE),
  COUNT_AT_LEAST_ONCE("windowed count, at least once", Output.NONE),
  COUNT_EXACTLY_ONCE("windowed count, exactly once", Output.NONE),
  SCORER("scorer, exactly once", Output.OF_SCORER),
  FLINK_GENERATED("Flink, sums, generated classes, exactly once", Output.OF_FLINK),
  FLINK_SUMS_AT_LEAST_ONCE("Flink, sums, at least once", Output.OF_FLINK),
  FLINK_SUMS("Flink, sums, exactly once", Output.OF_FLINK),
  FLINK_BY_INSTANCE("Flink, by instance, exactly once", Output.OF_FLINK);

  /** Where a contender's scores go. */
  enum Output {
    NONE,
    OF_SCORER,
    OF_FLINK
  }

  private final String title;
  private final Output output;

  Contenders(String title, Output output) {
    this.title = title;
    this.output = output;
  }

  /** What it is called in tables. */
  String title() {
    return title;
  }

  Output output() {
    return output;
  }

  Contender contender() {
    return switch (this) {
      case READER -> new ConsumeAndDecode();
      case COUNT_AT_LEAST_ONCE -> new WindowedCount(StreamsConfig.AT_LEAST_ONCE);
      case COUNT_EXACTLY_ONCE -> new WindowedCount(StreamsConfig.EXACTLY_ONCE_V2);
      case SCORER -> new ScorerContender();
      case FLINK_GENERATED ->
          new FlinkContender(FlinkStyle.GENERATED, DeliveryGuarantee.EXACTLY_ONCE);
      case FLINK_SUMS_AT_LEAST_ONCE ->
          new FlinkContender(FlinkStyle.SUMS, DeliveryGuarantee.AT_LEAST_ONCE);
      case FLINK_SUMS -> new FlinkContender(FlinkStyle.SUMS, DeliveryGuarantee.EXACTLY_ONCE);
      case FLINK_BY_INSTANCE ->
          new FlinkContender(FlinkStyle.BY_INSTANCE, DeliveryGuarantee.EXACTLY_ONCE);
    };
  }
}
