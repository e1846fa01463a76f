package io.layerwatch.instrumentation.evaluate;

import java.util.List;

/**
 * Sequences of which one is right; where there is only one, its likelihood is the question.
 *
 * @param candidates one or more
 * @param right 0-based
 */
record Example(List<Continuation> candidates, int right) {

  Example {
    candidates = List.copyOf(candidates);
    if (right < 0 || right >= candidates.size()) {
      throw new IllegalArgumentException(
          "right: expected 0 to " + (candidates.size() - 1) + ", got " + right);
    }
  }

  /** A sequence of a text. */
  static Example of(int[] ids) {
    return new Example(List.of(Continuation.whole(ids)), 0);
  }

  /** Tokens that a model passes. */
  long tokens() {
    return candidates.stream().mapToLong(candidate -> candidate.ids().length).sum();
  }
}
