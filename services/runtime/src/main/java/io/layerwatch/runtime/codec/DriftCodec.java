package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.schema.DriftEvent;
import org.apache.avro.Schema;

/** Drift of layers on the wire. */
public final class DriftCodec implements AvroCodec<LayerDrift, io.layerwatch.schema.LayerDrift> {

  @Override
  public Class<io.layerwatch.schema.LayerDrift> avroClass() {
    return io.layerwatch.schema.LayerDrift.class;
  }

  @Override
  public Schema schema() {
    return io.layerwatch.schema.LayerDrift.getClassSchema();
  }

  @Override
  public io.layerwatch.schema.LayerDrift toAvro(LayerDrift value) {
    return io.layerwatch.schema.LayerDrift.newBuilder()
        .setModel(value.model().name())
        .setRevision(value.model().revision())
        .setSite(value.site())
        .setLayer(value.layer())
        .setScore(value.score())
        .setEvent(value.raised() ? DriftEvent.RAISED : DriftEvent.CLEARED)
        .setWindowEnd(value.windowEnd())
        .setValue(value.value())
        .setBaseline(value.baseline())
        .setStatistic(value.statistic())
        .setThreshold(value.threshold())
        .setReason(value.reason())
        .build();
  }

  @Override
  public LayerDrift fromAvro(io.layerwatch.schema.LayerDrift record) {
    return new LayerDrift(
        new ModelId(record.getModel(), record.getRevision()),
        record.getSite(),
        record.getLayer(),
        record.getScore(),
        record.getEvent() == DriftEvent.RAISED,
        record.getWindowEnd(),
        record.getValue(),
        record.getBaseline(),
        record.getStatistic(),
        record.getThreshold(),
        record.getReason());
  }
}
