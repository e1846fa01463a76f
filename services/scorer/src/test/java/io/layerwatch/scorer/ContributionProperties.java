package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.topics.InvalidRecordException;
import java.util.List;
import java.util.Set;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.UniqueElements;

/** Against values that do not change. */
class ContributionProperties {

  @Property
  void growsAsIfItWereMadeAnewEachTime(
      @ForAll @Size(min = 1, max = 20) @UniqueElements List<@IntRange(max = 40) Integer> numbers,
      @ForAll Set<@IntRange(max = 40) Integer> heartbeats) {
    Contribution grown = null;
    LayerStatistics statistics = null;
    TimeWindow interval = null;
    SequenceNumbers seen = SequenceNumbers.NONE;
    for (int number : numbers) {
      ActivationSummary summary = summary(number, heartbeats.contains(number) ? 0 : 1 + number % 5);
      if (grown == null) {
        grown = Contribution.of(summary);
        statistics = summary.statistics();
        interval = summary.interval();
      } else {
        assertThat(grown.contains(number)).isFalse();
        grown.add(summary);
        statistics = statistics.merge(summary.statistics());
        interval = interval.span(summary.interval());
      }
      seen = seen.union(SequenceNumbers.of(number));

      assertThat(grown.statistics()).isEqualTo(statistics);
      assertThat(grown.tokens()).isEqualTo(statistics.tokens());
      assertThat(grown.interval()).isEqualTo(interval);
      assertThat(grown.numbers()).isEqualTo(seen);
      for (int each = 0; each <= 41; each++) {
        assertThat(grown.contains(each)).isEqualTo(seen.contains(each));
      }
    }
  }

  @Example
  void isAsItWasWhenASumIsTooLarge() {
    Contribution contribution = Contribution.of(summary(0, 3));
    LayerStatistics before = contribution.statistics();
    Moments many = new Moments(SummaryCheck.LARGEST_COUNT, 0, 0, 0, 0);
    ActivationSummary huge =
        Summaries.DEMO.layer(
            0, 10, 10, new LayerStatistics(1, 0, many, 0, NearZeroLadder.empty(0.01), 0, 0));

    assertThatThrownBy(() -> contribution.add(huge)).isInstanceOf(InvalidRecordException.class);

    assertThat(contribution.statistics()).isEqualTo(before);
    assertThat(contribution.numbers()).isEqualTo(SequenceNumbers.of(0));
  }

  private static ActivationSummary summary(int number, int tokens) {
    Summaries demo = Summaries.DEMO;
    ActivationSummary made = demo.layer(0, 10L * number, tokens);
    return new ActivationSummary(
        made.model(),
        made.shape(),
        made.site(),
        made.layer(),
        made.instance(),
        number,
        0,
        made.interval(),
        made.statistics());
  }
}
