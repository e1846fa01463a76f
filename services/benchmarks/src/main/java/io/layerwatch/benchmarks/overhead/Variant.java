package io.layerwatch.benchmarks.overhead;

import io.layerwatch.analysis.Site;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.Observation;
import io.layerwatch.probe.Phase;
import io.layerwatch.probe.ProbeEvents;
import io.layerwatch.probe.ProbeSampler;
import io.layerwatch.probe.ProbeSwitch;
import io.layerwatch.probe.Probing;
import io.layerwatch.probe.SamplingPlan;
import io.layerwatch.probe.SequenceProbe;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Ways of observing a model, all with the three sites and five thresholds that are the default. */
enum Variant {
  OFF("no probe"),
  DEFAULTS("defaults (budget 2 %)"),
  EVERYTHING("everything observed"),
  HOST_COPY("copy to the host, reduce there");

  static final double[] THRESHOLDS = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  static final List<Site> SITES = List.of(Site.values());

  private final String words;

  Variant(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }

  /** Makes the probe of each sequence, with what has to outlive one: the sampler's experience. */
  Supplier<SequenceProbe> probes(Consumer<Observation> sink) {
    return switch (this) {
      case OFF -> () -> SequenceProbe.NONE;
      case DEFAULTS -> probing(0.02, sink)::newSequence;
      case EVERYTHING -> probing(1, sink)::newSequence;
      case HOST_COPY -> () -> new HostCopyProbe(SITES, THRESHOLDS, sink);
    };
  }

  private static Probing probing(double budget, Consumer<Observation> sink) {
    SamplingPlan plan =
        new SamplingPlan(1, 1, OptionalDouble.empty(), budget, 0, EnumSet.allOf(Phase.class));
    return new Probing(
        new ActivationProbe(SITES, THRESHOLDS),
        new ProbeSampler(plan),
        new ProbeSwitch(true),
        sink,
        ProbeEvents.NONE);
  }
}
