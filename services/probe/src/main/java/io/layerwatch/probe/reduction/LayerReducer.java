package io.layerwatch.probe.reduction;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reduces one layer after the other, token by token, at all sites at once, so that a token's states
 * are read once while they are in the cache. Not safe for use by several threads.
 */
final class LayerReducer {

  private final int hidden;
  private final List<Site> sites;
  private final double[] thresholds;
  private final float[] input;
  private final float[] output;
  private final float[] contribution;
  private final float[] relative;
  private final boolean readsContribution;
  private final Map<Site, LaneStatistics> lanes = new EnumMap<>(Site.class);

  private FloatBuffer inputs = FloatBuffer.allocate(0);
  private double[] inputSquares = new double[0];
  private int row;
  private int tokens;
  private boolean prefill;

  LayerReducer(int hidden, List<Site> sites, double[] thresholds) {
    this.hidden = hidden;
    this.sites = sites;
    this.thresholds = thresholds;
    this.input = new float[hidden];
    this.output = new float[hidden];
    this.contribution = new float[hidden];
    this.relative = new float[hidden];
    this.readsContribution = sites.stream().anyMatch(site -> site != Site.BLOCK_OUTPUT);
    sites.forEach(site -> lanes.put(site, new LaneStatistics(hidden, thresholds)));
  }

  int hidden() {
    return hidden;
  }

  /**
   * Starts with the input of the first layer.
   *
   * @param inputs rows of {@link #hidden()} activations
   * @param row of the first token
   */
  void begin(FloatBuffer inputs, int row, int tokens, boolean prefill) {
    this.inputs = inputs;
    this.row = row;
    this.tokens = tokens;
    this.prefill = prefill;
    this.inputSquares = new double[tokens];
    for (int token = 0; token < tokens; token++) {
      read(inputs, token, input);
      inputSquares[token] = square(input);
    }
  }

  /** The statistics of the next layer, whose output is the input of the one after it. */
  Map<Site, LayerStatistics> reduceNext(FloatBuffer outputs) {
    double[] outputSquares = new double[tokens];
    double cosineSum = 0;
    for (int token = 0; token < tokens; token++) {
      read(outputs, token);
      outputSquares[token] = square(output);
      cosineSum += cosine(inputSquares[token], outputSquares[token]);
      for (Site site : sites) {
        lanes.get(site).add(activations(site, inputSquares[token]));
      }
    }
    Map<Site, LayerStatistics> result = new EnumMap<>(Site.class);
    for (Site site : sites) {
      var statistics = lanes.get(site).take(cosineSum, prefill);
      result.put(
          site,
          statistics.isPresent() ? statistics.get() : reduceExactly(site, outputs, cosineSum));
    }
    inputs = outputs;
    inputSquares = outputSquares;
    return result;
  }

  /** Makes a token the current one. */
  private void read(FloatBuffer outputs, int token) {
    read(inputs, token, input);
    read(outputs, token, output);
    if (readsContribution) {
      VectorLoops.subtract(output, input, contribution);
    }
  }

  private void read(FloatBuffer states, int token, float[] into) {
    states.get((row + token) * hidden, into, 0, hidden);
  }

  /** In double where single precision does not hold it. */
  private double square(float[] x) {
    double square = VectorLoops.dot(x, x);
    return SinglePrecision.holds(square / hidden) ? square : VectorLoops.exactDot(x, x);
  }

  /** Of the current input and output; 0 where one has no direction: all zero, or not finite. */
  private double cosine(double inputSquare, double outputSquare) {
    boolean held =
        SinglePrecision.holds(inputSquare / hidden) && SinglePrecision.holds(outputSquare / hidden);
    double product = held ? VectorLoops.dot(input, output) : VectorLoops.exactDot(input, output);
    double cosine = product / Math.sqrt(inputSquare) / Math.sqrt(outputSquare);
    return Double.isFinite(cosine) ? cosine : 0;
  }

  /** The current token's activations at a site: adding a site is adding a small function. */
  private float[] activations(Site site, double inputSquare) {
    return switch (site) {
      case BLOCK_OUTPUT -> output;
      case BLOCK_CONTRIBUTION -> contribution;
      case RELATIVE_CONTRIBUTION -> relative(Math.sqrt(inputSquare / hidden));
    };
  }

  private float[] relative(double divisor) {
    if (SinglePrecision.holds(divisor * divisor)) {
      VectorLoops.multiply(contribution, (float) (1 / divisor), relative);
      return relative;
    }
    for (int i = 0; i < hidden; i++) {
      relative[i] = (float) (contribution[i] / divisor);
    }
    return relative;
  }

  private LayerStatistics reduceExactly(Site site, FloatBuffer outputs, double cosineSum) {
    float[] all = new float[tokens * hidden];
    for (int token = 0; token < tokens; token++) {
      read(outputs, token);
      System.arraycopy(activations(site, inputSquares[token]), 0, all, token * hidden, hidden);
    }
    return ExactReduction.reduce(all, tokens, thresholds, cosineSum, prefill);
  }
}
