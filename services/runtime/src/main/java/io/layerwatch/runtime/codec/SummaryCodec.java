package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import java.time.Instant;
import java.util.Optional;
import org.apache.avro.Schema;

/** Activation summaries on the wire. */
public final class SummaryCodec
    implements AvroCodec<ActivationSummary, io.layerwatch.schema.ActivationSummary> {

  @Override
  public Class<io.layerwatch.schema.ActivationSummary> avroClass() {
    return io.layerwatch.schema.ActivationSummary.class;
  }

  @Override
  public Schema schema() {
    return io.layerwatch.schema.ActivationSummary.getClassSchema();
  }

  @Override
  public io.layerwatch.schema.ActivationSummary toAvro(ActivationSummary summary) {
    ModelShape shape = summary.shape();
    LayerStatistics statistics = summary.statistics();
    Moments moments = statistics.moments();
    return io.layerwatch.schema.ActivationSummary.newBuilder()
        .setModel(summary.model().name())
        .setRevision(summary.model().revision())
        .setSite(summary.site())
        .setLayer(summary.layer())
        .setLayerCount(shape.layerCount())
        .setParameters(shape.layerParameters())
        .setModelParameters(shape.modelParameters())
        .setMultiplyAdds(shape.layerMultiplyAdds())
        .setModelMultiplyAdds(shape.modelMultiplyAdds())
        .setInstance(summary.instance())
        .setSequenceNumber(summary.sequenceNumber())
        .setEarlierTokens(summary.earlierTokens())
        .setIntervalStart(summary.interval().start())
        .setIntervalMillis(summary.interval().size().toMillis())
        .setTokens(statistics.tokens())
        .setSequences(statistics.sequences())
        .setCount(moments.count())
        .setMean(moments.mean())
        .setM2(moments.m2())
        .setMin(StatisticsFields.written(moments, moments.min()))
        .setMax(StatisticsFields.written(moments, moments.max()))
        .setNonFinite(statistics.nonFinite())
        .setNearZero(StatisticsFields.written(statistics.nearZero()))
        .setPooledVarianceSum(statistics.pooledVarianceSum())
        .setCosineSum(statistics.cosineSum())
        .build();
  }

  @Override
  public ActivationSummary fromAvro(io.layerwatch.schema.ActivationSummary record) {
    Instant start = record.getIntervalStart();
    return new ActivationSummary(
        new ModelId(record.getModel(), record.getRevision()),
        new ModelShape(
            record.getLayerCount(),
            record.getParameters(),
            record.getModelParameters(),
            record.getMultiplyAdds(),
            record.getModelMultiplyAdds()),
        record.getSite(),
        record.getLayer(),
        record.getInstance(),
        record.getSequenceNumber(),
        record.getEarlierTokens(),
        new TimeWindow(start, start.plusMillis(record.getIntervalMillis())),
        new LayerStatistics(
            record.getTokens(),
            record.getSequences(),
            StatisticsFields.moments(
                record.getCount(),
                record.getMean(),
                record.getM2(),
                record.getMin(),
                record.getMax()),
            record.getNonFinite(),
            StatisticsFields.ladder(record.getNearZero()),
            record.getPooledVarianceSum(),
            record.getCosineSum()));
  }

  @Override
  public Optional<AvroReader<ActivationSummary>> reader() {
    return Optional.of(new SummaryReader());
  }

  @Override
  public Optional<AvroWriter<ActivationSummary>> writer() {
    return Optional.of(new SummaryWriter());
  }
}
