package io.layerwatch.instrumentation.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.probe.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SummaryAccumulatorTest {

  private static final double[] LADDER = {0.01};

  private final SetClock clock = new SetClock();
  private final SummaryAccumulator accumulator =
      new SummaryAccumulator(clock, Duration.ofSeconds(1), List.of(Site.BLOCK_OUTPUT), LADDER, 2);

  @Test
  void observationsOfAnIntervalMerge() {
    observe("100.1", 1, 2);
    observe("100.9", 3, 6);
    at("101.2");
    List<Interval> ended = accumulator.takeEnded();
    assertThat(ended).hasSize(1);
    assertThat(ended.get(0).time().start()).isEqualTo(Instant.ofEpochSecond(100));
    assertThat(ended.get(0).time().end()).isEqualTo(Instant.ofEpochSecond(101));
    LayerStatistics first = ended.get(0).layersBySite().get(Site.BLOCK_OUTPUT).get(0);
    assertThat(first.tokens()).isEqualTo(2);
    // 1 and 3, each once.
    assertThat(first.moments()).isEqualTo(new Moments(2, 2, 2, 1, 3));
    assertThat(accumulator.takeEnded()).isEmpty();
  }

  @Test
  void aRunningIntervalIsNotTaken() {
    observe("100.1", 1, 2);
    at("100.99");
    assertThat(accumulator.takeEnded()).isEmpty();
    assertThat(accumulator.takeAll()).hasSize(1);
  }

  @Test
  void anIntervalWithoutObservationsIsAHeartbeatOfEveryLayer() {
    at("103.5");
    List<Interval> ended = accumulator.takeEnded();
    assertThat(starts(ended)).containsExactly(100L, 101L, 102L);
    assertThat(ended)
        .allSatisfy(
            interval ->
                assertThat(interval.layersBySite().get(Site.BLOCK_OUTPUT))
                    .containsExactly(LayerStatistics.empty(LADDER), LayerStatistics.empty(LADDER)));
  }

  @Test
  void afterALongStallOnlyTheLatestHeartbeatsAreSent() {
    observe("100.5", 1, 2);
    at("100000.0");
    List<Interval> ended = accumulator.takeEnded();
    assertThat(ended).hasSize(61);
    assertThat(ended.get(0).tokens()).isEqualTo(1);
    assertThat(ended.get(60).time().end()).isEqualTo(Instant.ofEpochSecond(100_000));
  }

  @Test
  void aClockSetBackLosesNothing() {
    at("105.0");
    assertThat(accumulator.takeEnded()).hasSize(5);
    observe("103.5", 1, 2);
    at("105.5");
    List<Interval> ended = accumulator.takeEnded();
    assertThat(ended).hasSize(1);
    assertThat(ended.get(0).tokens()).isEqualTo(1);
    assertThat(ended.get(0).time().start()).isEqualTo(Instant.ofEpochSecond(103));
  }

  @Test
  void anInstanceWhoseClockWasSetBackGoesOnFromThere() {
    observe("7200.5", 1, 2);
    at("7200.9");
    assertThat(starts(accumulator.takeEnded())).hasSize(60);
    observe("3600.2", 3, 4);
    at("3600.9");
    List<Interval> left = accumulator.takeEnded();
    assertThat(starts(left)).as("the clock left it, so it has ended").containsExactly(7200L);
    assertThat(left.get(0).tokens()).isEqualTo(1);
    at("3602.0");
    List<Interval> ended = accumulator.takeEnded();
    assertThat(starts(ended)).as("idle now, not an hour later").containsExactly(3600L, 3601L);
    assertThat(ended).extracting(Interval::tokens).containsExactly(1L, 0L);
  }

  @Test
  void whatAClockLeftBehindIsTakenAtTheEnd() {
    observe("7200.5", 1, 2);
    observe("3600.5", 1, 2);
    List<Interval> taken = accumulator.takeAll();
    assertThat(taken.stream().mapToLong(Interval::tokens).sum()).isEqualTo(2);
    assertThat(starts(taken)).isSorted().contains(3600L, 7200L);
  }

  /** A machine that starts in 1970, until it hears of a time server. */
  @Test
  @Timeout(5)
  void aClockSetForwardByDecadesHoldsUpNobody() {
    observe("100.5", 1, 2);
    at("1800000000.0");
    List<Interval> ended = accumulator.takeEnded();
    assertThat(ended).hasSize(61);
    assertThat(ended.get(0).tokens()).isEqualTo(1);
    at("1800000001.0");
    assertThat(starts(accumulator.takeEnded())).containsExactly(1_800_000_000L);
  }

  @Test
  void intervalsOfAnyLengthAreAlignedToTheEpoch() {
    at("100.0");
    var odd =
        new SummaryAccumulator(
            clock, Duration.ofMillis(700), List.of(Site.BLOCK_OUTPUT), LADDER, 2);
    at("102.0");
    // 142 · 700 ms = 99.4 s.
    assertThat(odd.takeEnded())
        .extracting(interval -> interval.time().start().toEpochMilli())
        .containsExactly(99_400L, 100_100L, 100_800L);
  }

  @Test
  void nothingIsTakenInAfterTheEnd() {
    observe("100.1", 1, 2);
    assertThat(accumulator.takeAll()).hasSize(1);
    assertThat(accumulator.add(observation(3, 4))).isFalse();
    assertThat(accumulator.takeAll()).isEmpty();
  }

  @Test
  void whatWaitsMergesPerWindowAndTheOldestGoesPastTheBound() {
    Backlog backlog = new Backlog(Duration.ofSeconds(10), 2);
    for (int second = 100; second < 120; second++) {
      observe(second + ".5", second, 1);
      at(second + 1 + ".0");
      accumulator.takeEnded().forEach(interval -> assertThat(backlog.add(interval)).isEmpty());
    }
    assertThat(backlog.size()).isEqualTo(2);
    observe("120.5", 1, 1);
    at("121.0");
    Interval third = accumulator.takeEnded().get(0);
    assertThat(backlog.add(third))
        .hasValueSatisfying(
            dropped -> {
              assertThat(dropped.tokens()).isEqualTo(10);
              assertThat(dropped.time().start()).isEqualTo(Instant.ofEpochSecond(100));
              assertThat(dropped.time().end()).isEqualTo(Instant.ofEpochSecond(110));
            });
    Interval oldest = backlog.poll().orElseThrow();
    assertThat(oldest.time().start()).isEqualTo(Instant.ofEpochSecond(110));
    Moments moments = oldest.layersBySite().get(Site.BLOCK_OUTPUT).get(0).moments();
    // 110 to 119: mean 114.5, sum of squared deviations 82.5.
    assertThat(moments.mean()).isEqualTo(114.5);
    assertThat(moments.m2()).isEqualTo(82.5);
    assertThat(backlog.poll()).contains(third);
    assertThat(backlog.poll()).isEmpty();
  }

  /** One token of one activation for each of two layers. */
  private void observe(String at, double first, double second) {
    at(at);
    assertThat(accumulator.add(observation(first, second))).isTrue();
  }

  private static Observation observation(double first, double second) {
    return new Observation(Map.of(Site.BLOCK_OUTPUT, List.of(token(first), token(second))));
  }

  private static List<Long> starts(List<Interval> intervals) {
    return intervals.stream().map(interval -> interval.time().start().getEpochSecond()).toList();
  }

  private static LayerStatistics token(double value) {
    return new LayerStatistics(
        1, 0, Moments.of(value), 0, NearZeroLadder.of(LADDER, value), 0, 0.5);
  }

  private void at(String seconds) {
    clock.now = Instant.ofEpochMilli(Math.round(Double.parseDouble(seconds) * 1000));
  }
}
