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
 * Reduces the residual stream of forward passes, on the device, to the statistics of every layer at
 * every site. Where a summary begins. Safe for use by several threads.
 */
public final class ActivationProbe {

  private final List<Site> sites;
  private final double[] thresholds;
  private final LayerReduction reduction;

  /**
   * A probe of some sites.
   *
   * @param sites where to read
   * @param thresholds of the near-zero ladder, ascending
   */
  public ActivationProbe(List<Site> sites, double[] thresholds) {
    this.sites = List.copyOf(sites);
    this.thresholds = thresholds.clone();
    this.reduction = new LayerReduction(thresholds);
  }

  /** The statistics of every layer, in order, by site. */
  public record Observation(Map<Site, List<LayerStatistics>> layersBySite) {}

  public List<Site> sites() {
    return sites;
  }

  public double[] thresholds() {
    return thresholds.clone();
  }

  /** The states of a pass over one sequence as one array [layers + 1, tokens, hidden]. */
  static NDArray stack(NDManager manager, Pass pass) {
    NDArray stack = NDArrays.concat(new NDList(pass.states()), 0);
    stack.attach(manager);
    return stack;
  }

  /**
   * Reduces states [layers + 1, tokens, hidden].
   *
   * @param prefill whether the tokens are one whole sequence, which then counts as such
   */
  Observation observe(NDManager scope, NDArray stack, boolean prefill) {
    try (NDManager local = scope.newSubManager()) {
      stack.attach(local);
      NDArray squares = stack.square().sum(new int[] {2}); // [layers + 1, tokens]
      long layers = stack.getShape().get(0) - 1;
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
