package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Against a plain set. */
class SequenceNumbersProperties {

  @Property
  void unionsAreThoseOfSets(
      @ForAll @Size(max = 40) List<@IntRange(max = 60) Integer> some,
      @ForAll @Size(max = 40) List<@IntRange(max = 60) Integer> others,
      @ForAll @IntRange(max = 60) int from,
      @ForAll @IntRange(max = 60) int to) {
    TreeSet<Integer> expected = new TreeSet<>(some);
    expected.addAll(others);

    SequenceNumbers actual = numbers(some).union(numbers(others));

    for (int number = 0; number <= 60; number++) {
      assertThat(actual.contains(number)).isEqualTo(expected.contains(number));
    }
    assertThat(actual.isEmpty()).isEqualTo(expected.isEmpty());
    if (!expected.isEmpty()) {
      assertThat(actual.first()).isEqualTo(expected.first().longValue());
      assertThat(actual.last()).isEqualTo(expected.last().longValue());
    }
    long within = expected.stream().filter(number -> number >= from && number < to).count();
    assertThat(actual.count(from, to)).isEqualTo(within);
    ByteBuffer buffer = ByteBuffer.allocate(actual.encodedSize());
    actual.writeTo(buffer);
    assertThat(SequenceNumbers.readFrom(buffer.flip())).isEqualTo(actual);
  }

  @Property
  void aSetWithTooManyGapsCountsTheLowestAsSeen(@ForAll @IntRange(min = 1, max = 50) int surplus) {
    SequenceNumbers numbers = SequenceNumbers.NONE;
    int ranges = SequenceNumbers.MOST_RANGES + surplus;
    for (int i = 0; i < ranges; i++) {
      numbers = numbers.union(SequenceNumbers.of(2L * i));
    }

    assertThat(numbers.first()).isZero();
    assertThat(numbers.last()).isEqualTo(2L * (ranges - 1));
    assertThat(numbers.contains(2L * surplus - 1)).isTrue();
    assertThat(numbers.contains(2L * surplus + 1)).isFalse();
    assertThat(numbers.assumed()).isEqualTo(surplus);
  }

  private static SequenceNumbers numbers(List<Integer> values) {
    return values.stream()
        .map(number -> SequenceNumbers.of(number))
        .reduce(SequenceNumbers.NONE, SequenceNumbers::union);
  }
}
