package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Instant;
import java.util.Arrays;

/**
 * Reads summaries in the order of their schema's fields. What the summaries of a flush have in
 * common (names, shape, interval, thresholds) is the same object in all of them.
 */
final class SummaryReader implements AvroReader<ActivationSummary> {

  private final AvroInput avro = new AvroInput();
  private final AvroInput.Text name = new AvroInput.Text();
  private final AvroInput.Text revision = new AvroInput.Text();
  private final AvroInput.Text site = new AvroInput.Text();
  private final AvroInput.Text instance = new AvroInput.Text();
  private ModelId model;
  private ModelShape shape;
  private long start;
  private long millis;
  private TimeWindow interval;
  private NearZeroLadder ladder = NearZeroLadder.empty();
  private double[] thresholds = {};
  private long[] counts = {};

  @Override
  public ActivationSummary read(byte[] bytes, int from) {
    avro.begin(bytes, from);
    ModelId ofModel = readModel();
    String atSite = avro.readText(site);
    int layer = avro.readInt();
    ModelShape ofShape = readShape();
    String ofInstance = avro.readText(instance);
    long sequenceNumber = avro.readLong();
    long earlierTokens = avro.readLong();
    TimeWindow covered = readInterval();
    return new ActivationSummary(
        ofModel,
        ofShape,
        atSite,
        layer,
        ofInstance,
        sequenceNumber,
        earlierTokens,
        covered,
        readStatistics());
  }

  @SuppressWarnings("ReferenceEquality") // The reader returns the same object for the same text.
  private ModelId readModel() {
    String itsName = avro.readText(name);
    String itsRevision = avro.readText(revision);
    if (model == null || model.name() != itsName || model.revision() != itsRevision) {
      model = new ModelId(itsName, itsRevision);
    }
    return model;
  }

  private ModelShape readShape() {
    int layers = avro.readInt();
    long parameters = avro.readLong();
    long modelParameters = avro.readLong();
    long multiplyAdds = avro.readLong();
    long modelMultiplyAdds = avro.readLong();
    if (shape == null
        || shape.layerCount() != layers
        || shape.layerParameters() != parameters
        || shape.modelParameters() != modelParameters
        || shape.layerMultiplyAdds() != multiplyAdds
        || shape.modelMultiplyAdds() != modelMultiplyAdds) {
      shape = new ModelShape(layers, parameters, modelParameters, multiplyAdds, modelMultiplyAdds);
    }
    return shape;
  }

  private TimeWindow readInterval() {
    long itsStart = avro.readLong();
    long itsMillis = avro.readLong();
    if (interval == null || start != itsStart || millis != itsMillis) {
      Instant begin = Instant.ofEpochMilli(itsStart);
      interval = new TimeWindow(begin, begin.plusMillis(itsMillis));
      start = itsStart;
      millis = itsMillis;
    }
    return interval;
  }

  private LayerStatistics readStatistics() {
    long tokens = avro.readLong();
    long sequences = avro.readLong();
    long count = avro.readLong();
    double mean = avro.readDouble();
    double m2 = avro.readDouble();
    double min = avro.readDouble();
    double max = avro.readDouble();
    long nonFinite = avro.readLong();
    NearZeroLadder nearZero = readLadder();
    return new LayerStatistics(
        tokens,
        sequences,
        StatisticsFields.moments(count, mean, m2, min, max),
        nonFinite,
        nearZero,
        avro.readDouble(),
        avro.readDouble());
  }

  private NearZeroLadder readLadder() {
    int rungs = 0;
    boolean known = true;
    for (int block = avro.readBlock(); block > 0; block = avro.readBlock()) {
      makeRoom(rungs + block);
      for (int end = rungs + block; rungs < end; rungs++) {
        double threshold = avro.readDouble();
        known &= rungs < ladder.size() && ladder.threshold(rungs) == threshold;
        thresholds[rungs] = threshold;
        counts[rungs] = avro.readLong();
      }
    }
    ladder =
        known && rungs == ladder.size()
            ? ladder.withCounts(Arrays.copyOf(counts, rungs))
            : new NearZeroLadder(Arrays.copyOf(thresholds, rungs), Arrays.copyOf(counts, rungs));
    return ladder;
  }

  private void makeRoom(int rungs) {
    if (rungs > counts.length) {
      thresholds = Arrays.copyOf(thresholds, rungs);
      counts = Arrays.copyOf(counts, rungs);
    }
  }
}
