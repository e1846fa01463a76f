package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.scorer.RangeScoring.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RangeScoringTest {

  private static final Summaries DEMO = Summaries.DEMO;
  private static final Summaries OTHER = DEMO.from("host-2");

  private final Numbering numbers = new Numbering();
  private final List<ActivationSummary> published = new ArrayList<>();

  @Test
  void theWindowsAreThoseOfTheLiveScorerInWhateverOrderTheSummariesCome() {
    // A summary is lost within a window, another at a window's end, and one instance stops.
    for (int second = 0; second < 300; second += 10) {
      publish(DEMO.both(second, 20 + second), second != 80 && second != 170);
      publish(DEMO.at("block-contribution").both(second, 5), true);
      publish(DEMO.ofModel("second").both(second, 3), true);
      if (second < 120) {
        publish(OTHER.both(second, 7), true);
      }
    }
    List<ModelScores> live;
    try (ScorerHarness scorer = new ScorerHarness(Instant.ofEpochSecond(300))) {
      published.forEach(scorer::sendAsIs);
      // Until nobody waits for anybody.
      scorer.pass(100);
      live = scorer.published();
    }
    Collections.shuffle(published, new Random(7));
    RangeScoring replay = range(0, 240);

    published.forEach(replay::add);

    List<ModelScores> again = replay.close().toList();
    assertThat(again)
        .extracting(scores -> scores.model().name(), ModelScores::site, this::startSecond)
        .startsWith(
            tuple("demo", "block-contribution", 0L),
            tuple("demo", "block-output", 0L),
            tuple("second", "block-output", 0L),
            tuple("demo", "block-contribution", 60L));
    assertThat(again).extracting(ModelScores::complete).contains(true, false);
    assertThat(again)
        .extracting(scores -> scores.sources().silentInstances())
        .contains(List.of("host-2"));
    ScoresAssert.assertSame(again, inOrderOfTime(live));
  }

  @Test
  void aPartOfTheRangeSaysTheSameAsTheWhole() {
    for (int second = 0; second < 300; second += 10) {
      publish(DEMO.both(second, 20 + second), second != 60 && second != 170);
      if (second < 60) {
        publish(OTHER.both(second, 7), true);
      }
    }
    RangeScoring whole = range(0, 300);
    RangeScoring part = range(60, 180);
    published.forEach(whole::add);
    published.forEach(part::add);

    List<ModelScores> scores = part.close().toList();

    assertThat(scores).extracting(this::startSecond).containsExactly(60L, 120L);
    ScoresAssert.assertSame(scores, whole.close().toList().subList(1, 3));
  }

  @Test
  void whatWasLateIsIncluded() {
    publish(DEMO.both(0, 10), true);
    ActivationSummary late = numbers.next(DEMO.layer(0, 10, 100));
    ActivationSummary late2 = numbers.next(DEMO.layer(1, 10, 100));
    publish(DEMO.both(20, 10), true);
    publish(DEMO.both(200, 10), true);
    published.add(late);
    published.add(late2);
    RangeScoring replay = range(0, 60);

    published.forEach(replay::add);

    ModelScores scores = replay.close().toList().get(0);
    assertThat(scores.incompleteReason()).isEmpty();
    assertThat(scores.tokens()).isEqualTo(120);
  }

  @Test
  void aSummaryThatCameTwiceCountsOnce() {
    publish(DEMO.both(0, 10), true);
    RangeScoring replay = range(0, 60);

    assertThat(published).extracting(replay::add).containsOnly(Outcome.USED);
    assertThat(published).extracting(replay::add).containsOnly(Outcome.DUPLICATE);

    assertThat(replay.close().toList().get(0).tokens()).isEqualTo(10);
  }

  @Test
  void whatIsOutsideTheRangeIsNotScored() {
    publish(DEMO.both(50, 1), true);
    publish(DEMO.both(60, 10), true);
    publish(DEMO.both(110, 100), true);
    publish(DEMO.both(120, 1_000), true);
    RangeScoring replay = range(60, 120);

    assertThat(published)
        .extracting(replay::add)
        .containsExactly(
            Outcome.OUTSIDE,
            Outcome.OUTSIDE,
            Outcome.USED,
            Outcome.USED,
            Outcome.USED,
            Outcome.USED,
            Outcome.OUTSIDE,
            Outcome.OUTSIDE);

    assertThat(replay.close().toList().get(0).tokens()).isEqualTo(110);
  }

  @Test
  void whereTheBeginningIsGoneOnlyWhatFitsIntoTheWindowIsMissing() {
    // Retention took all before second 80; sequence numbers 0 to 7 with it.
    for (int second = 0; second < 180; second += 10) {
      publish(DEMO.both(second, 10), second >= 80);
    }
    RangeScoring replay = range(60, 180);
    replay.missBeginning("demo@r1");

    published.forEach(replay::add);

    List<ModelScores> scores = replay.close().toList();
    // Two layers, of each the summaries from second 60 and 70.
    assertThat(scores).extracting(this::missing).containsExactly(4L, 0L);
    assertThat(scores).extracting(ModelScores::complete).containsExactly(false, true);
  }

  @Test
  void whereTheBeginningIsGoneAWindowThatIsWholeIsComplete() {
    for (int second = 0; second < 180; second += 10) {
      publish(DEMO.both(second, 10), second >= 60);
    }
    // An instance that started meanwhile counts from 0.
    for (int second = 90; second < 180; second += 10) {
      publish(OTHER.both(second, 10), true);
    }
    RangeScoring replay = range(60, 120);
    replay.missBeginning("demo@r1");

    published.forEach(replay::add);

    assertThat(replay.close().toList()).singleElement().matches(ModelScores::complete);
  }

  @Test
  void whereTheBeginningIsGoneAnOldSummaryThatCameLateTellsNothing() {
    ActivationSummary old = numbers.next(DEMO.layer(0, 0, 10));
    for (int second = 10; second < 180; second += 10) {
      publish(new ActivationSummary[] {DEMO.layer(0, second, 10)}, second >= 120);
    }
    RangeScoring replay = range(120, 180);
    replay.missBeginning("demo@r1");
    replay.add(old);

    published.forEach(replay::add);

    assertThat(replay.close().toList()).extracting(this::missing).containsExactly(0L);
  }

  @Test
  void withTheWholeBeginningReadEverythingThatNeverCameIsMissing() {
    for (int second = 0; second < 120; second += 10) {
      publish(DEMO.both(second, 10), second >= 60);
    }
    RangeScoring replay = range(60, 120);

    published.forEach(replay::add);

    assertThat(replay.close().toList()).extracting(this::missing).containsExactly(12L);
  }

  @Test
  void whatCannotBeScoredIsRefusedAndMissing() {
    publish(DEMO.both(0, 10), true);
    RangeScoring replay = range(0, 60);
    published.forEach(replay::add);
    ActivationSummary straddling = numbers.next(DEMO.layer(0, 55, 10, DEMO.statistics(0, 55, 10)));
    ActivationSummary misshapen =
        numbers.next(DEMO.withShape(new ModelShape(3, 10, 100, 5, 50)).layer(1, 20, 10));

    for (ActivationSummary bad : List.of(straddling, misshapen)) {
      assertThatThrownBy(() -> replay.add(bad)).isInstanceOf(InvalidRecordException.class);
    }

    Stream.of(DEMO.both(60, 10)).map(numbers::next).forEach(replay::add);
    assertThat(replay.close().toList()).extracting(this::missing).containsExactly(2L);
  }

  private void publish(ActivationSummary[] summaries, boolean arrives) {
    for (ActivationSummary summary : summaries) {
      ActivationSummary numbered = numbers.next(summary);
      if (arrives) {
        published.add(numbered);
      }
    }
  }

  private static RangeScoring range(long from, long to) {
    return new RangeScoring(
        ScorerHarness.SETTINGS,
        new TimeWindow(Instant.ofEpochSecond(from), Instant.ofEpochSecond(to)),
        Instant.ofEpochSecond(from - 60),
        ScorerHarness.WALL_CLOCK);
  }

  private List<ModelScores> inOrderOfTime(List<ModelScores> scores) {
    return scores.stream()
        .filter(each -> startSecond(each) < 240)
        .sorted(
            Comparator.comparing(this::startSecond)
                .thenComparing(each -> each.model().key())
                .thenComparing(ModelScores::site))
        .toList();
  }

  private long startSecond(ModelScores scores) {
    return scores.window().start().getEpochSecond();
  }

  private long missing(ModelScores scores) {
    return scores.sources().missingSummaries();
  }
}
