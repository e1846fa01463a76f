package io.layerwatch.probe.reduction;

import io.layerwatch.analysis.Site;
import java.util.List;

/** The reduction of a GPU, on a CPU: no GPU is needed to see that it is right. */
class DeviceReductionTest extends ReductionContract {

  @Override
  Reduction reduction(List<Site> sites, double[] thresholds) {
    return new DeviceReduction(sites, thresholds);
  }

  @Override
  double errorBesideALargeMean() {
    return 5e-6;
  }
}
