package io.layerwatch.probe;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.probe.reduction.BlockStates;
import io.layerwatch.probe.reduction.States;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ObservingSequenceProbeTest {

  private static final int LAYERS = 2;
  private static final int PROMPT = 4;
  private static final long PASS_NANOS = 1_000_000;

  private final ActivationProbe probe =
      new ActivationProbe(List.of(Site.BLOCK_OUTPUT), new double[] {0.1});
  private final ProbeSwitch power = new ProbeSwitch(true);
  private final RecordedEvents events = new RecordedEvents();
  private final List<LayerStatistics> seen = new ArrayList<>();
  private NDManager manager;

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 15, 16, 17, 40})
  void decodedTokensAreReducedSixteenAtATimeWithoutLosingOne(int decoded) {
    run(SamplingPlan.EVERYTHING, this::see, decoded);
    assertThat(seen.stream().mapToLong(LayerStatistics::tokens).sum()).isEqualTo(PROMPT + decoded);
    assertThat(seen.stream().mapToLong(LayerStatistics::sequences).sum()).isEqualTo(1);
    assertThat(seen).hasSize(1 + (decoded + 15) / 16);
    assertThat(events.observed).containsEntry(Phase.PREFILL, PROMPT);
    assertThat(events.observed).containsEntry(Phase.DECODE, decoded);
  }

  @Test
  void aFailureTurnsTheProbeOffAndTheSequenceGoesOn() {
    run(
        SamplingPlan.EVERYTHING,
        observation -> {
          throw new IllegalStateException("the sink is broken");
        },
        17);
    assertThat(events.failed).containsExactly(PROMPT);
    assertThat(power.off()).contains(SkipReason.FAILED);
    assertThat(events.skipped).containsEntry(SkipReason.FAILED, 17);
  }

  @Test
  void aFailureCountsTheTokensThatWereGathered() {
    Consumer<Observation> failsWhenDecoding =
        observation -> {
          see(observation);
          if (seen.size() > 1) {
            throw new OutOfMemoryError("as an example of an error");
          }
        };
    run(SamplingPlan.EVERYTHING, failsWhenDecoding, 20);
    assertThat(events.failed).containsExactly(16);
    assertThat(events.skipped).containsEntry(SkipReason.FAILED, 4);
  }

  @Test
  void aProbeThatFailedIsTurnedOnAgain() {
    power.fail();
    power.set(true);
    run(SamplingPlan.EVERYTHING, this::see, 1);
    assertThat(seen).hasSize(2);
  }

  @Test
  void aSwitchTurnsItOffInTheMiddleOfASequence() {
    try (SequenceProbe sequence = probing(SamplingPlan.EVERYTHING, this::see).newSequence()) {
      decode(sequence, 3);
      power.set(false);
      decode(sequence, 5);
      power.set(true);
      decode(sequence, 2);
    }
    assertThat(events.observed).containsEntry(Phase.DECODE, 5);
    assertThat(events.skipped).containsEntry(SkipReason.SWITCHED_OFF, 5);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 6, 50})
  void theFirstTokensAreLeftOut(int skipped) {
    SamplingPlan plan =
        new SamplingPlan(1, 1, OptionalDouble.empty(), 1, skipped, EnumSet.allOf(Phase.class));
    run(plan, this::see, 10);
    int left = Math.max(0, PROMPT + 10 - skipped);
    assertThat(seen.stream().mapToLong(LayerStatistics::tokens).sum()).isEqualTo(left);
    assertThat(events.skipped)
        .containsEntry(SkipReason.FIRST_TOKENS, Math.min(skipped, PROMPT + 10));
  }

  @Test
  void aRequestThatIsNotDrawnIsNotObservedAtAll() {
    SamplingPlan plan =
        new SamplingPlan(0, 1, OptionalDouble.empty(), 1, 0, EnumSet.allOf(Phase.class));
    run(plan, this::see, 10);
    assertThat(seen).isEmpty();
    assertThat(events.skipped).containsEntry(SkipReason.REQUEST_SHARE, PROMPT + 10);
  }

  @Test
  void aPhaseCanBeLeftOut() {
    SamplingPlan plan = new SamplingPlan(1, 1, OptionalDouble.empty(), 1, 0, Set.of(Phase.PREFILL));
    run(plan, this::see, 10);
    assertThat(seen).hasSize(1);
    assertThat(events.skipped).containsEntry(SkipReason.PHASE, 10);
  }

  @Test
  void everyPassSaysWhatItTook() {
    run(SamplingPlan.EVERYTHING, this::see, 20);
    assertThat(events.inferenceNanos).isEqualTo(21 * PASS_NANOS);
    assertThat(events.probeNanos).isPositive();
  }

  private void see(Observation observation) {
    seen.add(observation.layersBySite().get(Site.BLOCK_OUTPUT).get(0));
  }

  private Probing probing(SamplingPlan plan, Consumer<Observation> sink) {
    ProbeSampler sampler = new ProbeSampler(plan, () -> 0.5, Clock.systemUTC());
    return new Probing(probe, sampler, power, sink, events);
  }

  private void run(SamplingPlan plan, Consumer<Observation> sink, int decoded) {
    try (NDManager scope = manager.newSubManager();
        SequenceProbe sequence = probing(plan, sink).newSequence()) {
      float[][][] states = States.of(LAYERS, PROMPT, new Random(1)::nextGaussian);
      sequence.prefilled(
          scope, new BlockStates(States.pass(scope, states, 0, PROMPT), 0, 0, PROMPT), PASS_NANOS);
      decode(sequence, decoded);
    }
  }

  private void decode(SequenceProbe sequence, int tokens) {
    float[][][] states = States.of(LAYERS, tokens, new Random(2)::nextGaussian);
    for (int token = 0; token < tokens; token++) {
      try (NDManager scope = manager.newSubManager()) {
        BlockStates one = new BlockStates(States.pass(scope, states, token, token + 1), 0, 0, 1);
        sequence.decoded(manager, one, PASS_NANOS);
      }
    }
  }
}
