package io.layerwatch.instrumentation.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.instrumentation.publish.TokenMinimum.Released;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Of windows of ten seconds, what holds fewer than five tokens is kept back. */
class TokenMinimumTest {

  private static final int MINIMUM = 5;
  private static final Duration WINDOW = Duration.ofSeconds(10);

  private final TokenMinimum minimum = new TokenMinimum(MINIMUM, WINDOW);

  @Test
  void whatIsTooFewWaitsForMoreAndComesAsOneTime() {
    assertThat(second(100, 2)).isEmpty();
    assertThat(second(101, 0)).isEmpty();
    assertThat(second(102, 3)).isEmpty();
    assertThat(second(103, 5)).containsExactly(released(100, 103, 5));
  }

  @Test
  void whatIsLeftAtTheEndOfTheWindowJoinsWhatIsEnough() {
    assertThat(second(107, 5)).isEmpty();
    assertThat(second(108, 4)).isEmpty();
    assertThat(second(109, 0)).containsExactly(released(107, 110, 9));
  }

  @Test
  void aWindowOfTooFewIsPublishedWithoutThem() {
    assertThat(second(107, 1)).isEmpty();
    assertThat(second(108, 3)).isEmpty();
    // Two layers of four tokens.
    assertThat(second(109, 0)).containsExactly(new Released(Intervals.of(107, 110, 0), 8));
    assertThat(second(110, 4)).as("nothing of it is left").isEmpty();
  }

  @Test
  void anIdleInstanceIsHeardAtOnce() {
    assertThat(second(100, 0)).containsExactly(released(100, 101, 0));
    assertThat(second(101, 0)).containsExactly(released(101, 102, 0));
  }

  @Test
  void aWindowEndsWithAnIntervalOfAnother() {
    assertThat(second(105, 7)).isEmpty();
    assertThat(second(121, 0)).containsExactly(released(105, 106, 7), released(121, 122, 0));
    // Its clock was set back.
    assertThat(second(115, 3)).isEmpty();
    assertThat(second(104, 0)).contains(new Released(Intervals.of(115, 116, 0), 6));
  }

  @Test
  void theEndTakesTooFewAlong() {
    second(100, 6);
    second(101, 1);
    assertThat(minimum.end()).contains(released(100, 102, 7));
    second(102, 4);
    assertThat(minimum.end()).contains(new Released(Intervals.of(102, 103, 0), 8));
    assertThat(minimum.end()).isEmpty();
  }

  @Test
  void oneTokenAsMinimumKeepsNothingBack() {
    TokenMinimum all = new TokenMinimum(1, WINDOW);
    assertThat(all.add(Intervals.of(100, 101, 1))).containsExactly(released(100, 101, 1));
    assertThat(all.end()).isEmpty();
  }

  @Test
  void theSiteThatSawLeastDecides() {
    Map<Site, List<LayerStatistics>> layers =
        Map.of(
            Site.BLOCK_OUTPUT, Intervals.layers(9).get(Site.BLOCK_OUTPUT),
            Site.BLOCK_CONTRIBUTION, Intervals.layers(1).get(Site.BLOCK_OUTPUT));
    minimum.add(new Interval(Intervals.of(100, 101, 0).time(), layers));
    assertThat(minimum.end().orElseThrow().withheldLayerTokens()).isEqualTo(20);
  }

  /** A token is withheld exactly when its window has fewer than the minimum in all. */
  @Property(tries = 300)
  void onlyAWindowOfTooFewIsWithheldAndTimeIsTiled(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 6) Integer> seen) {
    TokenMinimum fresh = new TokenMinimum(MINIMUM, WINDOW);
    List<Released> released = new ArrayList<>();
    Map<Integer, Integer> windows = new TreeMap<>();
    for (int second = 0; second < seen.size(); second++) {
      // Most seconds are idle.
      int tokens = seen.get(second) > 3 ? seen.get(second) - 3 : 0;
      released.addAll(fresh.add(Intervals.of(second, second + 1, tokens)));
      windows.merge(second / 10, tokens, Integer::sum);
    }
    fresh.end().ifPresent(released::add);

    long end = 0;
    for (Released each : released) {
      TimeWindow time = each.interval().time();
      assertThat(time.start().getEpochSecond()).as("time is tiled").isEqualTo(end);
      assertThat((time.end().getEpochSecond() - 1) / 10).as("one window").isEqualTo(end / 10);
      end = time.end().getEpochSecond();
      long tokens = each.interval().tokens();
      assertThat(tokens == 0 || tokens >= MINIMUM).as("%s tokens", tokens).isTrue();
    }
    assertThat(end).isEqualTo(seen.size());
    int few = windows.values().stream().filter(all -> all < MINIMUM).mapToInt(all -> all).sum();
    int all = windows.values().stream().mapToInt(each -> each).sum();
    assertThat(released.stream().mapToLong(Released::withheldLayerTokens).sum())
        .isEqualTo(2L * few);
    assertThat(released.stream().mapToLong(each -> each.interval().tokens()).sum())
        .isEqualTo(all - few);
  }

  private List<Released> second(long start, int tokens) {
    return minimum.add(Intervals.of(start, start + 1, tokens));
  }

  private static Released released(long start, long end, int tokens) {
    return new Released(Intervals.of(start, end, tokens), 0);
  }
}
