package io.layerwatch.probe.reduction;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Map;

/**
 * Reduces block states to the statistics of every layer, in order, at each site. Safe for use by
 * several threads.
 */
public interface Reduction {

  /**
   * Reduces the states.
   *
   * @param scope takes what is needed on the way; the caller closes it
   * @param prefill whether the tokens are one whole prompt, which then counts as a sequence
   */
  Map<Site, List<LayerStatistics>> reduce(NDManager scope, BlockStates states, boolean prefill);

  /**
   * Holds decoded tokens of one sequence back, to be reduced together.
   *
   * @param sequence lives as long as the gathering
   */
  Gathering gather(NDManager sequence);

  /** Decoded tokens of one sequence. Not safe for use by several threads. */
  interface Gathering extends AutoCloseable {

    /** Tokens to be reduced at a time, which costs a fraction of reducing each. */
    int MOST_TOKENS = 16;

    /** Takes one token, whose states may be closed afterwards. */
    void add(BlockStates token);

    int tokens();

    /** Reduces what was taken, and holds nothing any more, whatever comes of it. */
    Map<Site, List<LayerStatistics>> reduce();

    @Override
    void close();
  }

  /** The reduction that suits the device on which the states are. */
  static Reduction on(Device device, List<Site> sites, double[] thresholds) {
    return device.isGpu()
        ? new DeviceReduction(sites, thresholds)
        : new HostReduction(sites, thresholds);
  }
}
