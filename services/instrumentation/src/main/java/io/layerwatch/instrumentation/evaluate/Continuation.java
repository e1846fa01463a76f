package io.layerwatch.instrumentation.evaluate;

/**
 * A sequence of which a model predicts the end.
 *
 * @param ids all tokens, within the model's vocabulary and context
 * @param from the first token whose prediction counts, from 1 to the number of tokens
 */
@SuppressWarnings("ArrayRecordComponent") // Long, and never compared.
record Continuation(int[] ids, int from) {

  Continuation {
    ids = ids.clone();
    if (from < 1 || from > ids.length) {
      throw new IllegalArgumentException("from: expected 1 to " + ids.length + ", got " + from);
    }
  }

  /** All but the first token, which nothing predicts. */
  static Continuation whole(int[] ids) {
    return new Continuation(ids, 1);
  }
}
