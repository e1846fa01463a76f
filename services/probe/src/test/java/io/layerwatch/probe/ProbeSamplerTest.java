package io.layerwatch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbeSamplerTest {

  private static final EnumSet<Phase> ALL = EnumSet.allOf(Phase.class);
  private final Random random = new Random(1);

  @ParameterizedTest
  @CsvSource({"0.02, 0.5", "0.02, 0.05", "0.1, 3", "0.01, 0.02", "0.02, 30"})
  void theTimeBudgetIsHeldWhateverAPassCosts(double budget, double cost) {
    ProbeSampler sampler = sampler(withBudget(budget));
    Simulation passes = new Simulation(sampler);
    // What the sampler does not know yet is not held against it.
    passes.run(2_000, cost);
    double before = passes.probeNanos / passes.inferenceNanos;
    passes.probeNanos = 0;
    passes.inferenceNanos = 0;
    passes.run(40_000, cost);
    assertThat(passes.probeNanos / passes.inferenceNanos)
        .as("share after a first %s", before)
        .isCloseTo(budget, within(0.25 * budget));
  }

  @Test
  void aCheapPassIsAlwaysObserved() {
    ProbeSampler sampler = sampler(withBudget(0.02));
    Simulation passes = new Simulation(sampler);
    passes.run(5_000, 0.01);
    int before = passes.observed;
    passes.run(1_000, 0.01);
    assertThat(passes.observed - before).isEqualTo(1_000);
    assertThat(sampler.affordableShare(Phase.PREFILL)).isEqualTo(1);
    assertThat(sampler.overheadShare(Phase.PREFILL)).isCloseTo(0.01, within(0.001));
  }

  @Test
  void aProbeThatWasSlowOnceIsTriedAgain() {
    ProbeSampler sampler = sampler(withBudget(0.02));
    sampler.observed(Phase.PREFILL, 10_000_000, 10_000_000_000L);
    assertThat(sampler.affordableShare(Phase.PREFILL)).isZero();
    Simulation passes = new Simulation(sampler);
    passes.run(20_000, 0.02);
    assertThat(sampler.affordableShare(Phase.PREFILL)).isGreaterThan(0.8);
  }

  @Test
  void noLimitIsNoLimit() {
    ProbeSampler sampler = sampler(SamplingPlan.EVERYTHING);
    sampler.observed(Phase.DECODE, 1, 1_000_000_000);
    assertThat(sampler.skips(Phase.DECODE, 1)).isEmpty();
    assertThat(sampler.affordableShare(Phase.DECODE)).isEqualTo(1);
  }

  @Test
  void phasesHaveBudgetsOfTheirOwn() {
    ProbeSampler sampler = sampler(withBudget(0.02));
    sampler.observed(Phase.PREFILL, 1_000_000_000, 1_000_000_000);
    assertThat(sampler.affordableShare(Phase.PREFILL)).isZero();
    assertThat(sampler.affordableShare(Phase.DECODE)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.2, 1})
  void aShareOfPassesIsDrawn(double share) {
    ProbeSampler sampler = sampler(new SamplingPlan(1, share, OptionalDouble.empty(), 1, 0, ALL));
    int drawn = 0;
    for (int i = 0; i < 10_000; i++) {
      drawn += sampler.skips(Phase.DECODE, 1).isEmpty() ? 1 : 0;
    }
    assertThat(drawn / 10_000.0).isCloseTo(share, within(0.02));
  }

  @Test
  void tokensOfASecondAreLimitedOnAverage() {
    Ticking clock = new Ticking();
    ProbeSampler sampler =
        new ProbeSampler(
            new SamplingPlan(1, 1, OptionalDouble.of(100), 1, 0, ALL), random::nextDouble, clock);
    long taken = 0;
    for (int i = 0; i < 10_000; i++) {
      clock.now = clock.now.plusMillis(10);
      if (sampler.skips(Phase.PREFILL, 30).isEmpty()) {
        taken += 30;
      }
    }
    assertThat(taken / 100.0).isCloseTo(100, within(2.0));
    assertThat(sampler.skips(Phase.PREFILL, 1)).contains(SkipReason.TOKEN_BUDGET);
  }

  @Test
  void aClockThatIsSetBackStopsNothing() {
    Ticking clock = new Ticking();
    ProbeSampler sampler =
        new ProbeSampler(
            new SamplingPlan(1, 1, OptionalDouble.of(10), 1, 0, ALL), random::nextDouble, clock);
    assertThat(sampler.skips(Phase.DECODE, 10)).isEmpty();
    clock.now = clock.now.minus(Duration.ofHours(1));
    assertThat(sampler.skips(Phase.DECODE, 1)).contains(SkipReason.TOKEN_BUDGET);
    clock.now = clock.now.plusSeconds(1);
    assertThat(sampler.skips(Phase.DECODE, 1)).isEmpty();
  }

  @Test
  void aPlanSaysWhatItExpects() {
    assertThatThrownBy(() -> new SamplingPlan(1.5, 1, OptionalDouble.empty(), 1, 0, ALL))
        .hasMessage("requestShare: expected a share from 0 to 1, got 1.5");
    assertThatThrownBy(() -> new SamplingPlan(1, 1, OptionalDouble.of(0), 1, 0, ALL))
        .hasMessageStartingWith("tokensPerSecond: expected more than 0");
    assertThatThrownBy(() -> new SamplingPlan(1, 1, OptionalDouble.empty(), 0, 0, ALL))
        .hasMessage("timeBudget: expected a share above 0, at most 1, got 0.0");
  }

  private static SamplingPlan withBudget(double budget) {
    return new SamplingPlan(1, 1, OptionalDouble.empty(), budget, 0, ALL);
  }

  private ProbeSampler sampler(SamplingPlan plan) {
    return new ProbeSampler(plan, random::nextDouble, Clock.systemUTC());
  }

  /** Prefills of 1 to 100 ms, observing which costs that share of their time, give or take half. */
  private final class Simulation {

    private final ProbeSampler sampler;
    private double inferenceNanos;
    private double probeNanos;
    private int observed;

    Simulation(ProbeSampler sampler) {
      this.sampler = sampler;
    }

    void run(int passes, double cost) {
      for (int i = 0; i < passes; i++) {
        long inference = 1_000_000L + random.nextInt(99_000_000);
        inferenceNanos += inference;
        if (sampler.skips(Phase.PREFILL, 10).isEmpty()) {
          long probe = (long) (inference * cost * (0.5 + random.nextDouble()));
          sampler.observed(Phase.PREFILL, inference, probe);
          probeNanos += probe;
          observed++;
        } else {
          sampler.skipped(Phase.PREFILL, inference);
        }
      }
    }
  }

  private static final class Ticking extends Clock {

    private Instant now = Instant.EPOCH;

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }
  }
}
