package io.layerwatch.instrumentation.probe;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Reduces the residual stream of forward passes, on the device, to the statistics of every layer at
 * every site. Where a summary begins. Safe for use by several threads.
 */
public final class ActivationProbe {

  private static final long CPU_ACTIVATIONS = 1 << 19;
  private static final long GPU_ACTIVATIONS = 1 << 27;

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
  public record Observation(Map<Site, List<LayerStatistics>> layersBySite) {

    /** Tokens of every layer at every site, added up. */
    public long layerTokens() {
      return layersBySite.values().stream()
          .flatMap(List::stream)
          .mapToLong(LayerStatistics::tokens)
          .sum();
    }
  }

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
      Shape shape = stack.getShape();
      int layers = (int) shape.get(0) - 1;
      int together = layersTogether(local.getDevice(), shape.get(1) * shape.get(2));
      Map<Site, List<LayerStatistics>> result = new EnumMap<>(Site.class);
      sites.forEach(site -> result.put(site, new ArrayList<>(layers)));
      for (int from = 0; from < layers; from += together) {
        observeLayers(stack, from, Math.min(layers, from + together), prefill, result);
      }
      return new Observation(result);
    }
  }

  private void observeLayers(
      NDArray stack, int from, int to, boolean prefill, Map<Site, List<LayerStatistics>> result) {
    try (NDManager local = stack.getManager().newSubManager();
        NDArray states = stack.get(new NDIndex(from + ":" + (to + 1)))) {
      states.attach(local);
      int layers = to - from;
      NDArray squares = SinglePrecision.squares(states); // [layers + 1, tokens]
      SiteActivations activations =
          new SiteActivations(
              states.get("0:" + layers),
              states.get("1:" + (layers + 1)),
              squares.get("0:" + layers));
      double[] cosineSums = CosineReduction.sums(activations, squares);
      for (Site site : sites) {
        try (NDArray x = activations.at(site)) {
          result.get(site).addAll(reduction.reduce(x, cosineSums, prefill));
        }
      }
    }
  }

  /**
   * How many layers to reduce at a time: bounds the memory that a long prompt takes, and keeps the
   * arrays of short ones in a CPU's cache. A GPU wants few, large operations.
   */
  private static int layersTogether(Device device, long activationsOfLayer) {
    long most = device.isGpu() ? GPU_ACTIVATIONS : CPU_ACTIVATIONS;
    return (int) Math.max(1, Math.min(Integer.MAX_VALUE, most / activationsOfLayer));
  }
}
