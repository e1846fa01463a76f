package io.layerwatch.probe;

import java.time.Clock;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * How sequences are observed: what is read, how much of it, and where it goes. Makes each sequence
 * its probe. Safe for use by several threads.
 *
 * @param probe reads the activations
 * @param sampler draws the passes that are observed
 * @param power turns observing on and off
 * @param sink takes each observation, on the thread that runs the model: it must not wait
 * @param events takes what happens, for metrics
 */
public record Probing(
    ActivationProbe probe,
    ProbeSampler sampler,
    ProbeSwitch power,
    Consumer<Observation> sink,
    ProbeEvents events) {

  /** Observes every token, whatever it costs. */
  public static Probing everything(
      ActivationProbe probe, Consumer<Observation> sink, ProbeEvents events) {
    return new Probing(
        probe,
        new ProbeSampler(
            SamplingPlan.EVERYTHING,
            () -> ThreadLocalRandom.current().nextDouble(),
            Clock.systemUTC()),
        new ProbeSwitch(true),
        sink,
        events);
  }

  /** Observing these tokens failed: what is wrong once may be wrong at every pass. */
  void fail(int tokens, Throwable error) {
    power.fail();
    events.failed(tokens, error);
  }

  /** A probe for a new sequence. */
  public SequenceProbe newSequence() {
    return new ObservingSequenceProbe(this);
  }
}
