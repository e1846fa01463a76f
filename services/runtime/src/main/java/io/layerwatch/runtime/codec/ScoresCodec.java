package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.Avss;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.schema.AvssState;
import org.apache.avro.Schema;

/**
 * Scores on the wire. What is read back gives the same scores, within rounding: sums that the wire
 * does not carry are restored from the means that it does.
 */
public final class ScoresCodec implements AvroCodec<ModelScores, io.layerwatch.schema.ModelScores> {

  /** The record as one line of JSON, in the schema's names; times in ISO 8601. */
  public String json(ModelScores scores) {
    return toAvro(scores).toString();
  }

  @Override
  public Class<io.layerwatch.schema.ModelScores> avroClass() {
    return io.layerwatch.schema.ModelScores.class;
  }

  @Override
  public Schema schema() {
    return io.layerwatch.schema.ModelScores.getClassSchema();
  }

  @Override
  public io.layerwatch.schema.ModelScores toAvro(ModelScores scores) {
    return io.layerwatch.schema.ModelScores.newBuilder()
        .setModel(scores.model().name())
        .setRevision(scores.model().revision())
        .setSite(scores.site())
        .setWindowStart(scores.window().start())
        .setWindowEnd(scores.window().end())
        .setLayerCount(scores.shape().layerCount())
        .setLayersSeen(scores.layers().size())
        .setComplete(scores.complete())
        .setIncompleteReason(scores.incompleteReason().orElse(""))
        .setTokens(scores.tokens())
        .setInstances(scores.sources().instances())
        .setSilentInstances(scores.sources().silentInstances())
        .setMissingSummaries(scores.sources().missingSummaries())
        .setSparsityThreshold(scores.sparsityThreshold())
        .setModelParameters(scores.shape().modelParameters())
        .setModelMultiplyAdds(scores.shape().modelMultiplyAdds())
        .setLayers(scores.layers().stream().map(layer -> toAvro(scores, layer)).toList())
        .build();
  }

  private static io.layerwatch.schema.LayerScore toAvro(ModelScores scores, LayerScore layer) {
    LayerStatistics statistics = layer.statistics();
    Moments moments = statistics.moments();
    return io.layerwatch.schema.LayerScore.newBuilder()
        .setLayer(layer.layer())
        .setParameters(scores.shape().layerParameters())
        .setMultiplyAdds(scores.shape().layerMultiplyAdds())
        .setTokens(statistics.tokens())
        .setSequences(statistics.sequences())
        .setCount(moments.count())
        .setMean(moments.mean())
        .setVariance(moments.variance())
        .setMin(StatisticsFields.written(moments, moments.min()))
        .setMax(StatisticsFields.written(moments, moments.max()))
        .setNonFinite(statistics.nonFinite())
        .setNearZero(StatisticsFields.written(statistics.nearZero()))
        .setPooledVariance(StatisticsFields.orNull(statistics.pooledVariance()))
        .setBlockInfluence(StatisticsFields.orNull(statistics.blockInfluence()))
        .setSparsity(StatisticsFields.orNull(statistics.sparsity(scores.sparsityThreshold())))
        .setAvssState(AvssState.valueOf(layer.avss().state().name()))
        .setAvssUndefinedReason(
            layer.avss() instanceof Avss.Undefined undefined ? undefined.reason() : "")
        .setAvss(StatisticsFields.orNull(layer.avss().score()))
        .setPooledAvss(StatisticsFields.orNull(layer.avss().pooledScore()))
        .setNormalizedAvss(StatisticsFields.orNull(layer.normalizedAvss()))
        .build();
  }

  @Override
  public ModelScores fromAvro(io.layerwatch.schema.ModelScores record) {
    var layers = record.getLayers();
    ModelShape shape =
        new ModelShape(
            record.getLayerCount(),
            layers.isEmpty() ? 0 : layers.get(0).getParameters(),
            record.getModelParameters(),
            layers.isEmpty() ? 0 : layers.get(0).getMultiplyAdds(),
            record.getModelMultiplyAdds());
    return new ModelScores(
        new ModelId(record.getModel(), record.getRevision()),
        shape,
        record.getSite(),
        new TimeWindow(record.getWindowStart(), record.getWindowEnd()),
        new Sources(
            record.getInstances(), record.getSilentInstances(), record.getMissingSummaries()),
        record.getSparsityThreshold(),
        layers.stream().map(layer -> fromAvro(layer, record.getSparsityThreshold())).toList());
  }

  private static LayerScore fromAvro(io.layerwatch.schema.LayerScore layer, double threshold) {
    long count = layer.getCount();
    LayerStatistics statistics =
        new LayerStatistics(
            layer.getTokens(),
            layer.getSequences(),
            StatisticsFields.moments(
                count,
                layer.getMean(),
                layer.getVariance() * count,
                layer.getMin(),
                layer.getMax()),
            layer.getNonFinite(),
            StatisticsFields.ladder(layer.getNearZero()),
            StatisticsFields.optional(layer.getPooledVariance()).orElse(0) * layer.getSequences(),
            (1 - StatisticsFields.optional(layer.getBlockInfluence()).orElse(1))
                * layer.getTokens());
    return new LayerScore(
        layer.getLayer(),
        statistics,
        Avss.of(statistics, threshold),
        StatisticsFields.optional(layer.getNormalizedAvss()));
  }
}
