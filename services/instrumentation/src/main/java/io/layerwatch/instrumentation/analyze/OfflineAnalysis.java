package io.layerwatch.instrumentation.analyze;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.Observation;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Passes whole sequences through a model and keeps the statistics of every layer, as in arXiv
 * 2411.02117, and the likelihood of the text. Not safe for use by several threads.
 */
public final class OfflineAnalysis {

  private static final int TOKENS_AT_A_TIME = 256;

  private final LanguageModel model;
  private final ActivationProbe probe;
  private final Map<Site, List<LayerStatistics>> totals = new EnumMap<>(Site.class);
  private long sequences;
  private long tokens;
  private long predictedTokens;
  private double negativeLogLikelihood;

  public OfflineAnalysis(LanguageModel model, ActivationProbe probe) {
    this.model = model;
    this.probe = probe;
    LayerStatistics empty = LayerStatistics.empty(probe.thresholds());
    for (Site site : probe.sites()) {
      totals.put(site, new ArrayList<>(Collections.nCopies(model.config().layerCount(), empty)));
    }
  }

  /** Adds one sequence; the ids are within the vocabulary and the context. */
  public void add(int[] ids) {
    try (NDManager scope = model.newScope()) {
      NDArray input = scope.create(ids, new Shape(1, ids.length));
      Pass pass = model.decoder().forward(scope, input, Optional.empty());
      merge(probe.observe(scope, new BlockStates(pass.states(), 0, 0, ids.length), true));
      addLikelihood(pass, ids);
    }
    sequences++;
    tokens += ids.length;
  }

  private void merge(Observation observation) {
    observation
        .layersBySite()
        .forEach(
            (site, layers) -> {
              List<LayerStatistics> total = totals.get(site);
              for (int layer = 0; layer < layers.size(); layer++) {
                total.set(layer, total.get(layer).merge(layers.get(layer)));
              }
            });
  }

  /** Some tokens at a time: logits are as wide as the vocabulary. */
  private void addLikelihood(Pass pass, int[] ids) {
    int predicted = ids.length - 1;
    for (int from = 0; from < predicted; from += TOKENS_AT_A_TIME) {
      addLikelihood(pass, ids, from, Math.min(predicted, from + TOKENS_AT_A_TIME));
    }
    predictedTokens += predicted;
  }

  private void addLikelihood(Pass pass, int[] ids, int from, int to) {
    try (NDManager local = pass.last().getManager().newSubManager()) {
      NDArray logits = model.decoder().logits(local, pass, from, to).reshape(to - from, -1);
      NDArray next =
          local
              .create(Arrays.copyOfRange(ids, from + 1, to + 1))
              .toType(DataType.INT64, false)
              .reshape(-1, 1);
      NDArray logLikelihood = logits.logSoftmax(-1).gather(next, 1);
      negativeLogLikelihood -= logLikelihood.toType(DataType.FLOAT64, false).sum().getDouble();
    }
  }

  public LanguageModel model() {
    return model;
  }

  public long sequences() {
    return sequences;
  }

  public long tokens() {
    return tokens;
  }

  /** Mean over all predicted tokens of all sequences, in nats; empty when none was predicted. */
  public Optional<Double> negativeLogLikelihoodPerToken() {
    return predictedTokens == 0
        ? Optional.empty()
        : Optional.of(negativeLogLikelihood / predictedTokens);
  }

  /** The sites, in the probe's order. */
  public List<Site> sites() {
    return probe.sites();
  }

  public double[] thresholds() {
    return probe.thresholds();
  }

  /** The statistics at a site, by layer. */
  public SortedMap<Integer, LayerStatistics> statistics(Site site) {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    List<LayerStatistics> total = totals.get(site);
    for (int layer = 0; layer < total.size(); layer++) {
      layers.put(layer, total.get(layer));
    }
    return layers;
  }
}
