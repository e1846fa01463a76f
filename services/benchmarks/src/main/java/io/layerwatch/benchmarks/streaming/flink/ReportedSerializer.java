package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** Field by field: Flink's own choice for such a class, Kryo, would cost several times as much. */
final class ReportedSerializer extends TypeSerializerSingleton<Reported> {

  private static final long serialVersionUID = 1;
  static final ReportedSerializer INSTANCE = new ReportedSerializer();

  @Override
  public boolean isImmutableType() {
    return true;
  }

  @Override
  public Reported createInstance() {
    return null;
  }

  @Override
  public Reported copy(Reported from) {
    return from;
  }

  @Override
  public Reported copy(Reported from, Reported reuse) {
    return from;
  }

  @Override
  public int getLength() {
    return -1;
  }

  @Override
  public void serialize(Reported reported, DataOutputView to) throws IOException {
    ModelShape shape = reported.shape();
    LayerStatistics statistics = reported.statistics();
    Moments moments = statistics.moments();
    NearZeroLadder ladder = statistics.nearZero();
    to.writeUTF(reported.key());
    to.writeInt(shape.layerCount());
    to.writeLong(shape.layerParameters());
    to.writeLong(shape.modelParameters());
    to.writeLong(shape.layerMultiplyAdds());
    to.writeLong(shape.modelMultiplyAdds());
    to.writeLong(reported.lastNumber());
    to.writeLong(reported.time());
    to.writeLong(statistics.tokens());
    to.writeLong(statistics.sequences());
    to.writeLong(moments.count());
    to.writeDouble(moments.mean());
    to.writeDouble(moments.m2());
    to.writeDouble(moments.min());
    to.writeDouble(moments.max());
    to.writeLong(statistics.nonFinite());
    to.writeInt(ladder.size());
    for (int rung = 0; rung < ladder.size(); rung++) {
      to.writeDouble(ladder.threshold(rung));
      to.writeLong(ladder.count(rung));
    }
    to.writeDouble(statistics.pooledVarianceSum());
    to.writeDouble(statistics.cosineSum());
  }

  @Override
  public Reported deserialize(DataInputView from) throws IOException {
    String key = from.readUTF();
    ModelShape shape =
        new ModelShape(
            from.readInt(), from.readLong(), from.readLong(), from.readLong(), from.readLong());
    long lastNumber = from.readLong();
    long time = from.readLong();
    long tokens = from.readLong();
    long sequences = from.readLong();
    Moments moments =
        new Moments(
            from.readLong(),
            from.readDouble(),
            from.readDouble(),
            from.readDouble(),
            from.readDouble());
    long nonFinite = from.readLong();
    double[] thresholds = new double[from.readInt()];
    long[] counts = new long[thresholds.length];
    for (int rung = 0; rung < counts.length; rung++) {
      thresholds[rung] = from.readDouble();
      counts[rung] = from.readLong();
    }
    NearZeroLadder ladder = new NearZeroLadder(thresholds, counts);
    LayerStatistics statistics =
        new LayerStatistics(
            tokens, sequences, moments, nonFinite, ladder, from.readDouble(), from.readDouble());
    return new Reported(key, shape, lastNumber, time, statistics);
  }

  @Override
  public Reported deserialize(Reported reuse, DataInputView from) throws IOException {
    return deserialize(from);
  }

  @Override
  public void copy(DataInputView from, DataOutputView to) throws IOException {
    serialize(deserialize(from), to);
  }

  @Override
  public TypeSerializerSnapshot<Reported> snapshotConfiguration() {
    return new Snapshot();
  }

  /** That this class wrote the state. */
  public static final class Snapshot extends SimpleTypeSerializerSnapshot<Reported> {
    public Snapshot() {
      super(() -> INSTANCE);
    }
  }
}
