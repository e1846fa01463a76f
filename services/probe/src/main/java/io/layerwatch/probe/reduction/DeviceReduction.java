package io.layerwatch.probe.reduction;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The reduction for a GPU, by PyTorch's operations where the states are: only a few numbers of each
 * layer are copied from there. It runs on a CPU, too, at several times the cost of {@link
 * HostReduction}.
 */
final class DeviceReduction implements Reduction {

  private static final long CPU_ACTIVATIONS = 1 << 19;
  private static final long GPU_ACTIVATIONS = 1 << 27;

  private final List<Site> sites;
  private final LayerReduction layers;

  DeviceReduction(List<Site> sites, double[] thresholds) {
    this.sites = List.copyOf(sites);
    this.layers = new LayerReduction(thresholds);
  }

  @Override
  public Map<Site, List<LayerStatistics>> reduce(
      NDManager scope, BlockStates states, boolean prefill) {
    try (NDManager local = scope.newSubManager()) {
      return reduce(stack(local, states), prefill);
    }
  }

  /** The states of the tokens that count, [layers + 1, tokens, hidden]. */
  private static NDArray stack(NDManager scope, BlockStates states) {
    NDIndex rows = new NDIndex("{}, {}:{}", states.sequence(), states.from(), states.to());
    try (NDManager local = scope.newSubManager()) {
      NDList selected = new NDList();
      for (NDArray state : states.states()) {
        NDArray some = state.get(rows);
        some.attach(local);
        selected.add(some);
      }
      NDArray stack = NDArrays.stack(selected, 0);
      stack.attach(scope);
      return stack;
    }
  }

  /** Reduces states [layers + 1, tokens, hidden]. */
  private Map<Site, List<LayerStatistics>> reduce(NDArray stack, boolean prefill) {
    Shape shape = stack.getShape();
    int count = (int) shape.get(0) - 1;
    int together = layersTogether(stack.getDevice(), shape.get(1) * shape.get(2));
    Map<Site, List<LayerStatistics>> result = new EnumMap<>(Site.class);
    sites.forEach(site -> result.put(site, new ArrayList<>(count)));
    for (int from = 0; from < count; from += together) {
      reduceLayers(stack, from, Math.min(count, from + together), prefill, result);
    }
    return result;
  }

  private void reduceLayers(
      NDArray stack, int from, int to, boolean prefill, Map<Site, List<LayerStatistics>> result) {
    try (NDManager local = stack.getManager().newSubManager();
        NDArray stored = stack.get(new NDIndex(from + ":" + (to + 1)))) {
      stored.attach(local);
      // Half precision holds neither sums nor squares of activations.
      NDArray states = stored.toType(DataType.FLOAT32, false);
      int some = to - from;
      NDArray squares = SinglePrecision.squares(states); // [layers + 1, tokens]
      SiteActivations activations =
          new SiteActivations(
              states.get("0:" + some), states.get("1:" + (some + 1)), squares.get("0:" + some));
      double[] cosineSums = CosineReduction.sums(activations, squares);
      for (Site site : sites) {
        try (NDArray x = activations.at(site)) {
          result.get(site).addAll(layers.reduce(x, cosineSums, prefill));
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

  @Override
  public Gathering gather(NDManager sequence) {
    return new DeviceGathering(sequence);
  }

  /** Keeps stacked states on the device; they belong to the sequence's manager. */
  private final class DeviceGathering implements Gathering {

    private final NDManager sequence;
    private final NDList stacks = new NDList();

    DeviceGathering(NDManager sequence) {
      this.sequence = sequence;
    }

    @Override
    public void add(BlockStates token) {
      stacks.add(stack(sequence, token)); // [layers + 1, 1, hidden]
    }

    @Override
    public int tokens() {
      return stacks.size();
    }

    @Override
    public Map<Site, List<LayerStatistics>> reduce() {
      try (NDManager local = sequence.newSubManager()) {
        NDArray all = NDArrays.concat(stacks, 1);
        all.attach(local);
        return DeviceReduction.this.reduce(all, false);
      } finally {
        close();
      }
    }

    @Override
    public void close() {
      stacks.close();
      stacks.clear();
    }
  }
}
