package io.layerwatch.instrumentation.analyze;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.evaluate.PredictionTotals;
import io.layerwatch.instrumentation.evaluate.Predictions;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.Observation;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.ArrayList;
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

  private final LanguageModel model;
  private final ActivationProbe probe;
  private final Map<Site, List<LayerStatistics>> totals = new EnumMap<>(Site.class);
  private long sequences;
  private long tokens;
  private PredictionTotals likelihood = PredictionTotals.NONE;

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
      likelihood =
          likelihood.plus(Predictions.totals(model.decoder(), List.of(pass), ids, 1).get(0));
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
    return likelihood.tokens() == 0
        ? Optional.empty()
        : Optional.of(likelihood.negativeLogLikelihood());
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
