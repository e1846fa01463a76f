package io.layerwatch.benchmarks.overhead;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.probe.Observation;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What people do today: hook every layer, copy its activations to the host, and compute there what
 * is wanted, statistic by statistic. Held to the same results, at every pass.
 */
final class HostCopyProbe implements SequenceProbe {

  private final List<Site> sites;
  private final double[] thresholds;
  private final Consumer<Observation> sink;

  HostCopyProbe(List<Site> sites, double[] thresholds, Consumer<Observation> sink) {
    this.sites = sites;
    this.thresholds = thresholds;
    this.sink = sink;
  }

  @Override
  public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {
    reduce(states.states(), true);
  }

  @Override
  public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {
    reduce(states.states(), false);
  }

  @Override
  public void close() {}

  private void reduce(List<NDArray> states, boolean prefill) {
    int hidden = (int) states.get(0).getShape().get(2);
    List<float[]> copies = states.stream().map(NDArray::toFloatArray).toList();
    Map<Site, List<LayerStatistics>> result = new EnumMap<>(Site.class);
    for (Site site : sites) {
      List<LayerStatistics> layers = new ArrayList<>();
      for (int layer = 0; layer + 1 < copies.size(); layer++) {
        layers.add(reduce(site, copies.get(layer), copies.get(layer + 1), hidden, prefill));
      }
      result.put(site, layers);
    }
    sink.accept(new Observation(result));
  }

  private LayerStatistics reduce(
      Site site, float[] input, float[] output, int hidden, boolean prefill) {
    int tokens = input.length / hidden;
    double[] values = new double[input.length];
    double[] unitMeans = new double[hidden];
    double cosineSum = 0;
    for (int token = 0; token < tokens; token++) {
      double square = 0;
      double outputSquare = 0;
      double product = 0;
      for (int i = token * hidden; i < (token + 1) * hidden; i++) {
        square += (double) input[i] * input[i];
        outputSquare += (double) output[i] * output[i];
        product += (double) input[i] * output[i];
      }
      cosineSum += product / Math.sqrt(square * outputSquare);
      double scale = Math.sqrt(square / hidden);
      for (int i = token * hidden; i < (token + 1) * hidden; i++) {
        values[i] =
            switch (site) {
              case BLOCK_OUTPUT -> output[i];
              case BLOCK_CONTRIBUTION -> output[i] - input[i];
              case RELATIVE_CONTRIBUTION -> (output[i] - input[i]) / scale;
            };
        unitMeans[i - token * hidden] += values[i] / tokens;
      }
    }
    return new LayerStatistics(
        tokens,
        prefill ? 1 : 0,
        Moments.of(values),
        0,
        NearZeroLadder.of(thresholds, values),
        prefill ? Moments.of(unitMeans).m2() / (hidden - 1) : 0,
        cosineSum);
  }
}
