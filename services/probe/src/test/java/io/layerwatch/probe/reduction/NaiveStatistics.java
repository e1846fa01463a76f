package io.layerwatch.probe.reduction;

import io.layerwatch.analysis.Site;

/** One layer's statistics at one site by loops in double over its activations; none is NaN. */
final class NaiveStatistics {

  double mean;
  double variance;
  double min = Double.POSITIVE_INFINITY;
  double max = Double.NEGATIVE_INFINITY;
  final long[] below;
  double pooledVariance;
  double cosineSum;

  private NaiveStatistics(int rungs) {
    below = new long[rungs];
  }

  static NaiveStatistics of(double[] thresholds, Site site, float[][] input, float[][] output) {
    int tokens = input.length;
    double[][] x = new double[tokens][States.HIDDEN];
    NaiveStatistics naive = new NaiveStatistics(thresholds.length);
    for (int t = 0; t < tokens; t++) {
      double square = 0;
      double outputSquare = 0;
      double dot = 0;
      for (int i = 0; i < States.HIDDEN; i++) {
        square += (double) input[t][i] * input[t][i];
        outputSquare += (double) output[t][i] * output[t][i];
        dot += (double) input[t][i] * output[t][i];
      }
      naive.cosineSum += dot / Math.sqrt(square * outputSquare);
      for (int i = 0; i < States.HIDDEN; i++) {
        // As the device sees it: differences and quotients are single precision.
        float difference = output[t][i] - input[t][i];
        x[t][i] =
            switch (site) {
              case BLOCK_OUTPUT -> output[t][i];
              case BLOCK_CONTRIBUTION -> difference;
              case RELATIVE_CONTRIBUTION -> difference / Math.sqrt(square / States.HIDDEN);
            };
        naive.mean += x[t][i] / (tokens * States.HIDDEN);
        naive.min = Math.min(naive.min, x[t][i]);
        naive.max = Math.max(naive.max, x[t][i]);
        for (int rung = 0; rung < thresholds.length; rung++) {
          naive.below[rung] += Math.abs(x[t][i]) < thresholds[rung] ? 1 : 0;
        }
      }
    }
    double[] unitMeans = new double[States.HIDDEN];
    double meanOfMeans = 0;
    for (int i = 0; i < States.HIDDEN; i++) {
      for (double[] token : x) {
        naive.variance += Math.pow(token[i] - naive.mean, 2) / (tokens * States.HIDDEN);
        unitMeans[i] += token[i] / tokens;
      }
      meanOfMeans += unitMeans[i] / States.HIDDEN;
    }
    for (double unitMean : unitMeans) {
      naive.pooledVariance += Math.pow(unitMean - meanOfMeans, 2) / (States.HIDDEN - 1);
    }
    return naive;
  }
}
