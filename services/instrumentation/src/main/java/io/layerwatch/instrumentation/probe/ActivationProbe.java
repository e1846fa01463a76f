package io.layerwatch.instrumentation.probe;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the residual stream of a forward pass and reduces it, on the device, to the statistics of
 * every layer at every site. Where a summary begins. Safe for use by several threads.
 */
public final class ActivationProbe {

  private final List<Site> sites;
  private final LayerReduction reduction;

  /**
   * A probe of some sites.
   *
   * @param sites where to read
   * @param thresholds of the near-zero ladder, ascending
   */
  public ActivationProbe(List<Site> sites, double[] thresholds) {
    this.sites = List.copyOf(sites);
    this.reduction = new LayerReduction(thresholds);
  }

  /** The statistics of every layer, by site. */
  public record Observation(Map<Site, List<LayerStatistics>> layersBySite) {}

  /** Reduces the prefill of one whole sequence, whose states are [1, tokens, hidden]. */
  public Observation observePrefill(NDManager scope, Pass pass) {
    return observe(scope, pass.states(), true);
  }

  /** Reduces decoded tokens, whose states are [1, tokens, hidden]. */
  public Observation observeDecoded(NDManager scope, List<NDArray> states) {
    return observe(scope, states, false);
  }

  private Observation observe(NDManager scope, List<NDArray> states, boolean prefill) {
    try (NDManager local = scope.newSubManager()) {
      NDArray stack = NDArrays.concat(new NDList(states), 0); // [layers + 1, tokens, hidden]
      stack.attach(local);
      NDArray squares = stack.square().sum(new int[] {2}); // [layers + 1, tokens]
      long layers = states.size() - 1L;
      SiteActivations activations =
          new SiteActivations(
              stack.get("0:" + layers), stack.get("1:" + (layers + 1)), squares.get("0:" + layers));
      double[] cosineSums = CosineReduction.sums(activations, squares);
      Map<Site, List<LayerStatistics>> result = new EnumMap<>(Site.class);
      for (Site site : sites) {
        result.put(site, reduction.reduce(activations.at(site), cosineSums, prefill));
      }
      return new Observation(result);
    }
  }
}
