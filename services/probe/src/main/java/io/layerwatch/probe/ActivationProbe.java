package io.layerwatch.probe;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.probe.reduction.BlockStates;
import io.layerwatch.probe.reduction.Reduction;
import java.util.List;

/**
 * Reduces the residual stream of forward passes, where it is, to the statistics of every layer at
 * every site. Where a summary begins. Safe for use by several threads.
 */
public final class ActivationProbe {

  private final List<Site> sites;
  private final double[] thresholds;
  private final Reduction onCpu;
  private final Reduction onGpu;

  /**
   * A probe of some sites.
   *
   * @param sites where to read
   * @param thresholds of the near-zero ladder, ascending
   */
  public ActivationProbe(List<Site> sites, double[] thresholds) {
    this(
        sites,
        thresholds,
        Reduction.on(Device.cpu(), sites, thresholds),
        Reduction.on(Device.gpu(), sites, thresholds));
  }

  private ActivationProbe(List<Site> sites, double[] thresholds, Reduction onCpu, Reduction onGpu) {
    this.sites = List.copyOf(sites);
    this.thresholds = thresholds.clone();
    this.onCpu = onCpu;
    this.onGpu = onGpu;
  }

  /** A probe that reduces on a CPU as it does on a GPU, for tests and comparisons. */
  public static ActivationProbe asOnGpu(List<Site> sites, double[] thresholds) {
    Reduction reduction = Reduction.on(Device.gpu(), sites, thresholds);
    return new ActivationProbe(sites, thresholds, reduction, reduction);
  }

  public List<Site> sites() {
    return sites;
  }

  public double[] thresholds() {
    return thresholds.clone();
  }

  /**
   * Reduces states.
   *
   * @param prefill whether the tokens are one whole prompt, which then counts as a sequence
   */
  public Observation observe(NDManager scope, BlockStates states, boolean prefill) {
    Device device = states.states().get(0).getDevice();
    return new Observation(on(device).reduce(scope, states, prefill));
  }

  /** Gathers decoded tokens of a sequence on the device, to be reduced together. */
  Reduction.Gathering gather(Device device) {
    return on(device).gather();
  }

  private Reduction on(Device device) {
    return device.isGpu() ? onGpu : onCpu;
  }
}
