package io.layerwatch.probe;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.probe.reduction.BlockStates;
import io.layerwatch.probe.reduction.Reduction;
import java.util.List;

/**
 * Reduces the residual stream of forward passes, where it is, to the statistics of every layer at
 * every site. Where a summary begins. Safe for use by several threads.
 */
public final class ActivationProbe {

  private static final long WARM_UP_NANOS = 400_000_000;
  private static final int WARM_UP_TOKENS = 64;

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
    this.sites = List.copyOf(sites);
    this.thresholds = thresholds.clone();
    this.onCpu = Reduction.on(Device.cpu(), sites, thresholds);
    this.onGpu = Reduction.on(Device.gpu(), sites, thresholds);
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
    return new Observation(on(states.device()).reduce(scope, states, prefill));
  }

  /**
   * Observes made-up states, so that the loops are compiled before the first request pays for it.
   *
   * @param manager of the device on which the model runs
   * @param hidden the model's width
   */
  public void warmUp(NDManager manager, int hidden) {
    long end = System.nanoTime() + WARM_UP_NANOS;
    try (NDManager scope = manager.newSubManager()) {
      List<NDArray> pair = List.of(made(scope, hidden), made(scope, hidden));
      do {
        observe(scope, new BlockStates(pair, 0, 0, WARM_UP_TOKENS), true);
      } while (System.nanoTime() < end);
    }
  }

  private static NDArray made(NDManager scope, int hidden) {
    return scope.randomNormal(new Shape(1, WARM_UP_TOKENS, hidden));
  }

  /** Gathers decoded tokens of a sequence, whose first states these are. */
  Reduction.Gathering gather(NDManager sequence, BlockStates states) {
    return on(states.device()).gather(sequence);
  }

  private Reduction on(Device device) {
    return device.isGpu() ? onGpu : onCpu;
  }
}
