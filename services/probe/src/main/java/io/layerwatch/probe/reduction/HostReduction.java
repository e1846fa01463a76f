package io.layerwatch.probe.reduction;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The reduction for a CPU, where the states are in this process's memory already: one pass over
 * them in Java instead of some thirty operations of PyTorch, each of which would read and write
 * them all.
 */
final class HostReduction implements Reduction {

  private final List<Site> sites;
  private final double[] thresholds;
  // A reducer is some hundred kilobytes; as many are kept as ever ran at the same time.
  private final ConcurrentLinkedQueue<LayerReducer> idle = new ConcurrentLinkedQueue<>();

  HostReduction(List<Site> sites, double[] thresholds) {
    this.sites = List.copyOf(sites);
    this.thresholds = thresholds.clone();
  }

  @Override
  public Map<Site, List<LayerStatistics>> reduce(
      NDManager scope, BlockStates states, boolean prefill) {
    try (NDManager local = scope.newSubManager()) {
      List<FloatBuffer> buffers =
          states.states().stream().map(state -> onHost(local, state)).toList();
      return reduce(buffers, states.firstRow(), states.tokens(), states.hidden(), prefill);
    }
  }

  /** The memory of the state itself where it is single precision, which ends with the state. */
  private static FloatBuffer onHost(NDManager scope, NDArray state) {
    NDArray single = state;
    if (state.getDataType() != DataType.FLOAT32) {
      single = state.toType(DataType.FLOAT32, true);
      single.attach(scope);
    }
    return single.toByteBuffer(true).asFloatBuffer();
  }

  private Map<Site, List<LayerStatistics>> reduce(
      List<FloatBuffer> states, int row, int tokens, int hidden, boolean prefill) {
    Map<Site, List<LayerStatistics>> result = new EnumMap<>(Site.class);
    sites.forEach(site -> result.put(site, new ArrayList<>(states.size() - 1)));
    LayerReducer reducer = take(hidden);
    reducer.begin(states.get(0), row, tokens, prefill);
    for (FloatBuffer output : states.subList(1, states.size())) {
      reducer.reduceNext(output).forEach((site, layer) -> result.get(site).add(layer));
    }
    // After an error it is not given back, since its counters may hold something.
    idle.add(reducer);
    return result;
  }

  private LayerReducer take(int hidden) {
    LayerReducer kept = idle.poll();
    return kept != null && kept.hidden() == hidden
        ? kept
        : new LayerReducer(hidden, sites, thresholds);
  }

  @Override
  public Gathering gather(NDManager sequence) {
    return new HostGathering(sequence);
  }

  /** Copies the states of each token, since they are closed before enough of them are there. */
  private final class HostGathering implements Gathering {

    private final NDManager sequence;
    private final List<FloatBuffer> states = new ArrayList<>();
    private int tokens;
    private int hidden;

    HostGathering(NDManager sequence) {
      this.sequence = sequence;
    }

    @Override
    public void add(BlockStates token) {
      hidden = token.hidden();
      List<NDArray> added = token.states();
      int from = token.firstRow() * hidden;
      try (NDManager local = sequence.newSubManager()) {
        for (int i = 0; i < added.size(); i++) {
          if (states.size() == i) {
            states.add(FloatBuffer.allocate(MOST_TOKENS * hidden));
          }
          states.get(i).put(tokens * hidden, onHost(local, added.get(i)), from, hidden);
        }
      }
      tokens++;
    }

    @Override
    public int tokens() {
      return tokens;
    }

    @Override
    public Map<Site, List<LayerStatistics>> reduce() {
      int gathered = tokens;
      tokens = 0;
      return HostReduction.this.reduce(states, 0, gathered, hidden, false);
    }

    @Override
    public void close() {
      tokens = 0;
    }
  }
}
