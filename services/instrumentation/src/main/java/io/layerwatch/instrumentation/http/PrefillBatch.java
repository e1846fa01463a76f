package io.layerwatch.instrumentation.http;

import java.util.ArrayList;
import java.util.List;

/**
 * Which prompts share a pass. Beside its tokens a pass costs about as much as some tens of them
 * more; so one more prompt saves a pass, and costs its tokens and what all others are padded by.
 * Long prompts keep the processor busy by themselves, and attention over padding grows with the
 * square: they pass alone.
 *
 * @param prompts so far
 * @param longest prompt's tokens, to which all are padded
 */
record PrefillBatch(int prompts, int longest) {

  private static final PrefillBatch NONE = new PrefillBatch(0, 0);

  /** Tokens for the price of a pass: what was measured is in the benchmarks' README. */
  private static final int TOKENS_OF_A_PASS = 32;

  private static final int LONGEST = 128;

  /**
   * What a batch may be.
   *
   * @param prompts at most
   * @param tokens at most, padding with them: what one prompt may have, so that a batch takes no
   *     more memory than a long prompt does
   */
  record Bounds(int prompts, int tokens) {}

  /** Whether all of them are one batch. */
  static boolean isOne(List<List<Integer>> prompts, Bounds bounds) {
    PrefillBatch batch = NONE;
    for (List<Integer> prompt : prompts) {
      if (!batch.takes(prompt.size(), bounds)) {
        return false;
      }
      batch = batch.with(prompt.size());
    }
    return true;
  }

  /** Batches that together are all of them, in their order. */
  static List<List<List<Integer>>> split(List<List<Integer>> prompts, Bounds bounds) {
    List<List<List<Integer>>> batches = new ArrayList<>();
    PrefillBatch batch = NONE;
    for (List<Integer> prompt : prompts) {
      if (batches.isEmpty() || !batch.takes(prompt.size(), bounds)) {
        batches.add(new ArrayList<>());
        batch = NONE;
      }
      batches.get(batches.size() - 1).add(prompt);
      batch = batch.with(prompt.size());
    }
    return batches;
  }

  private boolean takes(int tokens, Bounds bounds) {
    PrefillBatch larger = with(tokens);
    return prompts == 0
        || (larger.prompts <= bounds.prompts()
            && larger.padded() <= bounds.tokens()
            && larger.longest <= LONGEST
            && larger.padded() <= padded() + tokens + TOKENS_OF_A_PASS);
  }

  private PrefillBatch with(int tokens) {
    return new PrefillBatch(prompts + 1, Math.max(longest, tokens));
  }

  private long padded() {
    return (long) prompts * longest;
  }
}
