package io.layerwatch.instrumentation.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Passes prompts [B] through the model in one forward pass [B, T], for those of whom no token is
 * wanted. T is the longest prompt's length; the others are padded at their ends, where attention,
 * which is causal, never looks from a token of theirs. Padding is not observed. Safe for use by
 * several threads.
 */
public final class BatchPrefill {

  /** Any id of the vocabulary: nothing depends on it. */
  private static final int PADDING = 0;

  private final LanguageModel model;
  private final Supplier<SequenceProbe> probes;

  /**
   * A prefill of a model.
   *
   * @param probes gives each prompt its probe
   */
  public BatchPrefill(LanguageModel model, Supplier<SequenceProbe> probes) {
    this.model = model;
    this.probes = probes;
  }

  /**
   * Passes prompts through the model.
   *
   * @param prompts token ids, each within the vocabulary and the context, at least one
   * @throws InferenceStoppedException when the thread is interrupted or the model closed
   */
  public void run(List<List<Integer>> prompts) {
    model.use(
        () -> {
          pass(prompts);
          return true;
        });
  }

  private void pass(List<List<Integer>> prompts) {
    int longest = prompts.stream().mapToInt(List::size).max().orElseThrow();
    int tokens = prompts.stream().mapToInt(List::size).sum();
    try (NDManager scope = model.newScope()) {
      NDArray ids = scope.create(padded(prompts, longest), new Shape(prompts.size(), longest));
      long start = System.nanoTime();
      Pass pass = model.decoder().forward(scope, ids, Optional.empty());
      pass.awaitDevice();
      long inferenceNanos = System.nanoTime() - start;
      for (int row = 0; row < prompts.size(); row++) {
        int length = prompts.get(row).size();
        try (SequenceProbe probe = probes.get()) {
          probe.prefilled(
              scope,
              new BlockStates(pass.states(), row, 0, length),
              inferenceNanos * length / tokens);
        }
      }
    }
  }

  private static int[] padded(List<List<Integer>> prompts, int longest) {
    int[] ids = new int[prompts.size() * longest];
    int at = 0;
    for (List<Integer> prompt : prompts) {
      for (int i = 0; i < longest; i++) {
        ids[at++] = i < prompt.size() ? prompt.get(i) : PADDING;
      }
    }
    return ids;
  }
}
