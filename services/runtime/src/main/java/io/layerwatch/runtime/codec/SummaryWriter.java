package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;

/** Writes summaries in the order of their schema's fields. */
final class SummaryWriter implements AvroWriter<ActivationSummary> {

  private final AvroOutput avro = new AvroOutput();
  private final AvroOutput.Text name = new AvroOutput.Text();
  private final AvroOutput.Text revision = new AvroOutput.Text();
  private final AvroOutput.Text site = new AvroOutput.Text();
  private final AvroOutput.Text instance = new AvroOutput.Text();

  @Override
  public byte[] write(ActivationSummary summary, int head) {
    avro.begin(head);
    avro.writeText(summary.model().name(), name);
    avro.writeText(summary.model().revision(), revision);
    avro.writeText(summary.site(), site);
    avro.writeLong(summary.layer());
    write(summary.shape());
    avro.writeText(summary.instance(), instance);
    avro.writeLong(summary.sequenceNumber());
    avro.writeLong(summary.earlierTokens());
    avro.writeLong(summary.interval().start().toEpochMilli());
    avro.writeLong(summary.interval().size().toMillis());
    write(summary.statistics());
    return avro.taken();
  }

  private void write(ModelShape shape) {
    avro.writeLong(shape.layerCount());
    avro.writeLong(shape.layerParameters());
    avro.writeLong(shape.modelParameters());
    avro.writeLong(shape.layerMultiplyAdds());
    avro.writeLong(shape.modelMultiplyAdds());
  }

  private void write(LayerStatistics statistics) {
    Moments moments = statistics.moments();
    avro.writeLong(statistics.tokens());
    avro.writeLong(statistics.sequences());
    avro.writeLong(moments.count());
    avro.writeDouble(moments.mean());
    avro.writeDouble(moments.m2());
    avro.writeDouble(StatisticsFields.written(moments, moments.min()));
    avro.writeDouble(StatisticsFields.written(moments, moments.max()));
    avro.writeLong(statistics.nonFinite());
    write(statistics.nearZero());
    avro.writeDouble(statistics.pooledVarianceSum());
    avro.writeDouble(statistics.cosineSum());
  }

  private void write(NearZeroLadder ladder) {
    if (ladder.size() > 0) {
      avro.writeLong(ladder.size());
      for (int rung = 0; rung < ladder.size(); rung++) {
        avro.writeDouble(ladder.threshold(rung));
        avro.writeLong(ladder.count(rung));
      }
    }
    // The block after the last.
    avro.writeLong(0);
  }
}
