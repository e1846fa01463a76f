package io.layerwatch.probe;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.List;
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
        probe, new ProbeSampler(SamplingPlan.EVERYTHING), new ProbeSwitch(true), sink, events);
  }

  /** Observing these tokens failed: what is wrong once may be wrong at every pass. */
  void fail(int tokens, Throwable error) {
    power.fail();
    events.failed(tokens, error);
  }

  /**
   * Observes all sequences of a batch of one length, each for itself. Whatever is wrong with the
   * states is the probe's trouble, not the model's.
   *
   * @param states layers + 1 arrays [sequences, tokens, hidden]
   * @param phase what the pass did
   * @param inferenceNanos what it took
   */
  public void observe(NDManager scope, List<NDArray> states, Phase phase, long inferenceNanos) {
    try {
      Shape shape = states.get(0).getShape();
      int sequences = Math.toIntExact(shape.get(0));
      for (int i = 0; i < sequences; i++) {
        BlockStates some = new BlockStates(states, i, 0, Math.toIntExact(shape.get(1)));
        try (SequenceProbe sequence = newSequence()) {
          if (phase == Phase.DECODE) {
            sequence.decoded(scope, some, inferenceNanos / sequences);
          } else {
            sequence.prefilled(scope, some, inferenceNanos / sequences);
          }
        }
      }
    } catch (RuntimeException | Error e) {
      fail(0, e);
    }
  }

  /** A probe for a new sequence. */
  public SequenceProbe newSequence() {
    return new ObservingSequenceProbe(this);
  }
}
