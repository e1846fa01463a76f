package io.layerwatch.instrumentation.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class StopMatcherTest {

  @Test
  void whatMayBecomeAStopStringIsHeldBack() {
    StopMatcher matcher = new StopMatcher(List.of("\n\n", "END"));
    assertThat(matcher.add("one E")).isEqualTo("one ");
    assertThat(matcher.add("N")).isEmpty();
    assertThat(matcher.add("TER\n")).isEqualTo("ENTER");
    assertThat(matcher.add("two\n")).isEqualTo("\ntwo");
    assertThat(matcher.stopped()).isFalse();
    assertThat(matcher.add("\nthree")).isEmpty();
    assertThat(matcher.stopped()).isTrue();
    assertThat(matcher.add("four")).isEmpty();
    assertThat(matcher.end()).isEmpty();
  }

  @Test
  void theEndOfTheTextReleasesWhatWasHeld() {
    StopMatcher matcher = new StopMatcher(List.of("abc"));
    assertThat(matcher.add("xab")).isEqualTo("x");
    assertThat(matcher.end()).isEqualTo("ab");
  }

  @Test
  void theStopStringThatBeginsFirstCounts() {
    StopMatcher matcher = new StopMatcher(List.of("cd", "bcde"));
    assertThat(matcher.add("abcdef")).isEqualTo("a");
    assertThat(matcher.stopped()).isTrue();
  }

  /** However a text is cut, what comes out is what comes before the first stop string. */
  @Property(tries = 500)
  void partsDoNotMatter(
      @ForAll @Size(max = 20)
          List<@CharRange(from = 'a', to = 'c') @StringLength(max = 4) String> parts,
      @ForAll @Size(min = 1, max = 4)
          List<@CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 4) String> stops) {
    String text = String.join("", parts);
    int end =
        stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(text.length());
    // A shorter stop string may be complete before an earlier one is: then it has stopped the text.
    StopMatcher matcher = new StopMatcher(stops);
    StringBuilder out = new StringBuilder();
    parts.forEach(part -> out.append(matcher.add(part)));
    out.append(matcher.end());
    assertThat(text).startsWith(out);
    assertThat(stops).noneMatch(stop -> out.indexOf(stop) >= 0);
    assertThat(out.length()).isGreaterThanOrEqualTo(end);
    assertThat(matcher.stopped()).isEqualTo(end < text.length());
  }
}
