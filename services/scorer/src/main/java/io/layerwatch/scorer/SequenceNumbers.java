package io.layerwatch.scorer;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A set of sequence numbers, kept as ranges: one range, as long as nothing is lost. Immutable.
 *
 * <p>At most {@value #MOST_RANGES} ranges are kept; past that the lowest gap is closed, so that its
 * numbers count as seen, and as assumed.
 */
final class SequenceNumbers {

  static final int MOST_RANGES = 64;
  static final SequenceNumbers NONE = new SequenceNumbers(new long[0], 0);

  /** First and last of each range, ascending, with a gap between any two. */
  private final long[] bounds;

  private final long assumed;

  private SequenceNumbers(long[] bounds, long assumed) {
    this.bounds = bounds;
    this.assumed = assumed;
  }

  static SequenceNumbers of(long number) {
    return new SequenceNumbers(new long[] {number, number}, 0);
  }

  /** How many count as seen only because there were too many gaps. */
  long assumed() {
    return assumed;
  }

  boolean isEmpty() {
    return bounds.length == 0;
  }

  long first() {
    return bounds[0];
  }

  long last() {
    return bounds[bounds.length - 1];
  }

  boolean contains(long number) {
    return !isEmpty() && number <= last() && count(number, number + 1) == 1;
  }

  /** How many of the numbers from, inclusive, to, exclusive, are in the set. */
  long count(long from, long to) {
    long count = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      count += Math.max(0, Math.min(to - 1, bounds[i + 1]) - Math.max(from, bounds[i]) + 1);
    }
    return count;
  }

  /** This set and that number. */
  SequenceNumbers with(long number) {
    return isEmpty() || number != last() + 1 ? union(of(number)) : upTo(number);
  }

  /** This set and all numbers from its last to that one; at least one number is in it. */
  SequenceNumbers upTo(long number) {
    if (number == last()) {
      return this;
    }
    long[] grown = bounds.clone();
    grown[grown.length - 1] = number;
    return new SequenceNumbers(grown, assumed);
  }

  SequenceNumbers union(SequenceNumbers other) {
    if (isEmpty()) {
      return other;
    }
    if (other.isEmpty()) {
      return this;
    }
    long[] merged = new long[bounds.length + other.bounds.length];
    int size = 0;
    for (int i = 0, j = 0; i < bounds.length || j < other.bounds.length; ) {
      boolean own = j == other.bounds.length || (i < bounds.length && bounds[i] <= other.bounds[j]);
      long first = own ? bounds[i] : other.bounds[j];
      long last = own ? bounds[i + 1] : other.bounds[j + 1];
      if (own) {
        i += 2;
      } else {
        j += 2;
      }
      if (size > 0 && first <= merged[size - 1] + 1) {
        merged[size - 1] = Math.max(merged[size - 1], last);
      } else {
        merged[size++] = first;
        merged[size++] = last;
      }
    }
    return bounded(merged, size, assumed + other.assumed);
  }

  private static SequenceNumbers bounded(long[] merged, int size, long assumed) {
    int surplus = Math.max(0, size - 2 * MOST_RANGES);
    long closed = 0;
    for (int i = 1; i < surplus; i += 2) {
      closed += merged[i + 1] - merged[i] - 1;
    }
    long[] kept = Arrays.copyOfRange(merged, surplus, size);
    kept[0] = merged[0];
    return new SequenceNumbers(kept, assumed + closed);
  }

  int encodedSize() {
    return Integer.BYTES + (1 + bounds.length) * Long.BYTES;
  }

  void writeTo(ByteBuffer buffer) {
    buffer.putInt(bounds.length).putLong(assumed);
    for (long bound : bounds) {
      buffer.putLong(bound);
    }
  }

  static SequenceNumbers readFrom(ByteBuffer buffer) {
    long[] bounds = new long[buffer.getInt()];
    long assumed = buffer.getLong();
    for (int i = 0; i < bounds.length; i++) {
      bounds[i] = buffer.getLong();
    }
    return bounds.length == 0 ? NONE : new SequenceNumbers(bounds, assumed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SequenceNumbers numbers
        && assumed == numbers.assumed
        && Arrays.equals(bounds, numbers.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  @Override
  public String toString() {
    return Arrays.toString(bounds);
  }
}
