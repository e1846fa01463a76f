package io.layerwatch.probe.reduction;

import io.layerwatch.analysis.Site;
import java.util.List;

/** The reduction of a CPU. */
class HostReductionTest extends ReductionContract {

  @Override
  Reduction reduction(List<Site> sites, double[] thresholds) {
    return new HostReduction(sites, thresholds);
  }

  @Override
  double errorBesideALargeMean() {
    return 1e-6;
  }
}
