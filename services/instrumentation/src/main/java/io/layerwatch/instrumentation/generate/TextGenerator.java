package io.layerwatch.instrumentation.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.model.Decoder;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.KeyValueCache;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Continues a prompt, token by token: one prefill of the prompt, then one forward pass a token.
 * Every pass goes by the probe. Safe for use by several threads.
 */
public final class TextGenerator {

  private static final int NO_TOKEN = -1;

  private final LanguageModel model;

  public TextGenerator(LanguageModel model) {
    this.model = model;
  }

  /**
   * What came of a prompt.
   *
   * @param tokens ids after the prompt, without the end token
   * @param endedByModel whether the model ended the text, rather than the limit
   */
  public record Completion(List<Integer> tokens, boolean endedByModel) {}

  /**
   * Continues the prompt.
   *
   * @param prompt token ids, within the vocabulary and the context
   * @param limit most tokens to generate; 0 only passes the prompt through the model
   * @param probe sees the residual stream of every pass
   */
  public Completion complete(int[] prompt, int limit, Sampling sampling, SequenceProbe probe) {
    return model.use(() -> generate(prompt, limit, sampling, probe));
  }

  private Completion generate(int[] prompt, int limit, Sampling sampling, SequenceProbe probe) {
    Decoder decoder = model.decoder();
    Sampler sampler = new Sampler(sampling);
    List<Integer> tokens = new ArrayList<>();
    try (NDManager sequence = model.newScope();
        KeyValueCache cache = decoder.newCache(sequence);
        probe) {
      int[] input = prompt;
      while (true) {
        try (NDManager scope = sequence.newSubManager()) {
          NDArray ids = scope.create(input, new Shape(1, input.length));
          boolean wanted = tokens.size() < limit;
          long start = System.nanoTime();
          Pass pass = decoder.forward(scope, ids, wanted ? Optional.of(cache) : Optional.empty());
          int next = wanted ? sampler.next(nextLogits(scope, pass, input.length)) : NO_TOKEN;
          long inferenceNanos = System.nanoTime() - start;
          BlockStates states = new BlockStates(pass.states(), 0, 0, input.length);
          if (tokens.isEmpty()) {
            probe.prefilled(scope, states, inferenceNanos);
          } else {
            probe.decoded(sequence, states, inferenceNanos);
          }
          if (!wanted) {
            return new Completion(tokens, false);
          }
          if (model.config().endTokens().contains(next)) {
            return new Completion(tokens, true);
          }
          tokens.add(next);
          if (tokens.size() == limit
              || prompt.length + tokens.size() > model.config().contextLength()) {
            return new Completion(tokens, false);
          }
          input = new int[] {next};
        }
      }
    }
  }

  private float[] nextLogits(NDManager scope, Pass pass, int passTokens) {
    return model.decoder().logits(scope, pass, passTokens - 1).toFloatArray();
  }
}
