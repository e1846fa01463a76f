package io.layerwatch.scorer;

import io.layerwatch.analysis.drift.Baseline;
import io.layerwatch.analysis.drift.DriftState;
import io.layerwatch.analysis.drift.ScoreWatch;
import io.layerwatch.analysis.drift.ScoreWatch.Drifting;
import io.layerwatch.analysis.drift.ScoreWatch.Learning;
import io.layerwatch.analysis.drift.ScoreWatch.Steady;
import io.layerwatch.analysis.drift.WatchedScore;
import io.layerwatch.analysis.score.Ranking;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What is known of a model's drift at one site.
 *
 * @param updated end of the last window, in epoch milliseconds
 */
record StoredDrift(long updated, DriftState state) {

  private static final int LEARNING = 0;
  private static final int STEADY = 1;
  private static final int DRIFTING = 2;

  static Serde<StoredDrift> serde() {
    return Serdes.serdeFrom((topic, drift) -> drift.write(), (topic, bytes) -> read(bytes));
  }

  private byte[] write() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeLong(updated);
      out.writeInt(state.layerCount());
      out.writeDouble(state.sparsityThreshold());
      out.writeInt(state.watches().size());
      for (var entry : state.watches().entrySet()) {
        out.writeInt(entry.getKey().layer());
        out.writeUTF(entry.getKey().score().id());
        write(entry.getValue(), out);
      }
      out.writeInt(state.nonFinite().size());
      for (var entry : state.nonFinite().entrySet()) {
        out.writeInt(entry.getKey());
        out.writeInt(entry.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(ScoreWatch watch, DataOutputStream out) throws IOException {
    if (watch instanceof Learning learning) {
      out.writeByte(LEARNING);
      out.writeInt(learning.logs().size());
      for (double log : learning.logs()) {
        out.writeDouble(log);
      }
    } else if (watch instanceof Steady steady) {
      out.writeByte(STEADY);
      write(steady.baseline(), out);
      out.writeDouble(steady.above());
      out.writeDouble(steady.below());
    } else if (watch instanceof Drifting drifting) {
      out.writeByte(DRIFTING);
      write(drifting.baseline(), out);
      out.writeBoolean(drifting.up());
      out.writeDouble(drifting.returned());
    }
  }

  private static void write(Baseline baseline, DataOutputStream out) throws IOException {
    out.writeInt(baseline.windows());
    out.writeDouble(baseline.mean());
    out.writeDouble(baseline.deviation());
  }

  private static StoredDrift read(byte[] bytes) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      long updated = in.readLong();
      int layerCount = in.readInt();
      double sparsityThreshold = in.readDouble();
      SortedMap<WatchedScore, ScoreWatch> watches = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        int layer = in.readInt();
        Ranking score = Ranking.ofId(in.readUTF()).orElseThrow();
        watches.put(new WatchedScore(layer, score), readWatch(in));
      }
      SortedMap<Integer, Integer> nonFinite = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        nonFinite.put(in.readInt(), in.readInt());
      }
      return new StoredDrift(
          updated, new DriftState(layerCount, sparsityThreshold, watches, nonFinite));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ScoreWatch readWatch(DataInputStream in) throws IOException {
    int kind = in.readByte();
    return switch (kind) {
      case LEARNING -> {
        List<Double> logs = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
          logs.add(in.readDouble());
        }
        yield new Learning(logs);
      }
      case STEADY -> new Steady(readBaseline(in), in.readDouble(), in.readDouble());
      case DRIFTING -> new Drifting(readBaseline(in), in.readBoolean(), in.readDouble());
      default -> throw new IOException("expected a kind of watch from 0 to 2, got " + kind);
    };
  }

  private static Baseline readBaseline(DataInputStream in) throws IOException {
    return new Baseline(in.readInt(), in.readDouble(), in.readDouble());
  }
}
