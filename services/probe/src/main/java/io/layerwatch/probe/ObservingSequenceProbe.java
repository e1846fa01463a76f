package io.layerwatch.probe;

import ai.djl.ndarray.NDManager;
import io.layerwatch.probe.reduction.BlockStates;
import io.layerwatch.probe.reduction.Reduction.Gathering;
import java.util.Optional;

/**
 * Observes the passes of one sequence that are drawn. Decoded tokens are gathered and reduced
 * several at a time, which costs a fraction of reducing each. What goes wrong turns the probe off
 * and never reaches the sequence.
 */
final class ObservingSequenceProbe implements SequenceProbe {

  private final Probing probing;
  private final boolean drawn;
  private Optional<Gathering> gathering = Optional.empty();
  private int seenTokens;

  ObservingSequenceProbe(Probing probing) {
    this.probing = probing;
    this.drawn = probing.sampler().drawsRequest();
  }

  @Override
  public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {
    int skipped = Math.min(states.tokens(), leftToSkip());
    seenTokens += states.tokens();
    skip(SkipReason.FIRST_TOKENS, skipped);
    int counted = states.tokens() - skipped;
    pass(
        Phase.PREFILL,
        counted,
        inferenceNanos,
        () -> {
          BlockStates some =
              new BlockStates(
                  states.states(), states.sequence(), states.from() + skipped, states.to());
          probing.sink().accept(probing.probe().observe(scope, some, true));
          probing.events().observed(Phase.PREFILL, counted);
        });
  }

  @Override
  public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {
    int skipped = Math.min(1, leftToSkip());
    seenTokens++;
    skip(SkipReason.FIRST_TOKENS, skipped);
    pass(Phase.DECODE, 1 - skipped, inferenceNanos, () -> gather(sequence, states));
  }

  private int leftToSkip() {
    return Math.max(0, probing.sampler().plan().skippedTokens() - seenTokens);
  }

  private void gather(NDManager sequence, BlockStates states) {
    if (gathering.isEmpty()) {
      gathering = Optional.of(probing.probe().gather(sequence, states));
    }
    gathering.get().add(states);
    if (gathering.get().tokens() == Gathering.MOST_TOKENS) {
      reduceGathered();
    }
  }

  private void reduceGathered() {
    int tokens = gathering.orElseThrow().tokens();
    probing.sink().accept(new Observation(gathering.get().reduce()));
    probing.events().observed(Phase.DECODE, tokens);
  }

  /** Observes a pass, or says why not, and measures what that took. */
  private void pass(Phase phase, int tokens, long inferenceNanos, Runnable observation) {
    long start = System.nanoTime();
    Optional<SkipReason> reason = tokens == 0 ? Optional.empty() : skips(phase, tokens);
    boolean observed = tokens > 0 && reason.isEmpty();
    if (observed) {
      guarded(tokens, observation);
    }
    reason.ifPresent(skipped -> skip(skipped, tokens));
    long probeNanos = System.nanoTime() - start;
    if (observed) {
      probing.sampler().observed(phase, inferenceNanos, probeNanos);
    } else {
      probing.sampler().skipped(phase, inferenceNanos);
    }
    probing.events().passed(phase, inferenceNanos, probeNanos);
  }

  private Optional<SkipReason> skips(Phase phase, int tokens) {
    Optional<SkipReason> off = probing.power().off();
    if (off.isPresent()) {
      return off;
    }
    return drawn ? probing.sampler().skips(phase, tokens) : Optional.of(SkipReason.REQUEST_SHARE);
  }

  private void skip(SkipReason reason, int tokens) {
    if (tokens > 0) {
      probing.events().skipped(reason, tokens);
    }
  }

  private void guarded(int tokens, Runnable observation) {
    int before = gathered();
    try {
      observation.run();
    } catch (RuntimeException | Error e) {
      // Those gathered before went down with it, whether they were reduced or not.
      gathering.ifPresent(Gathering::close);
      probing.fail(before + tokens, e);
    }
  }

  private int gathered() {
    return gathering.map(Gathering::tokens).orElse(0);
  }

  @Override
  public void close() {
    if (gathered() > 0) {
      long start = System.nanoTime();
      guarded(0, this::reduceGathered);
      long probeNanos = System.nanoTime() - start;
      probing.sampler().observed(Phase.DECODE, 0, probeNanos);
      probing.events().passed(Phase.DECODE, 0, probeNanos);
    }
    gathering.ifPresent(Gathering::close);
  }
}
