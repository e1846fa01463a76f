package io.layerwatch.instrumentation.generate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.model.Decoder;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.SequenceCache;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Continues a prompt, token by token: one prefill of the prompt, then one forward pass a token.
 * Every pass goes by the probe. Safe for use by several threads.
 */
public final class TextGenerator {

  /** Logits of a prompt that there are at a time. */
  private static final int LOGITS_AT_A_TIME = 1 << 22;

  private final LanguageModel model;

  public TextGenerator(LanguageModel model) {
    this.model = model;
  }

  /**
   * What to generate.
   *
   * @param prompt token ids, within the vocabulary and the context
   * @param limit most tokens to generate; 0 only passes the prompt through the model
   * @param alternatives most likely tokens to name with each token's score; empty: no scores
   * @param scorePrompt whether the prompt's tokens are scored, too
   */
  public record Request(
      List<Integer> prompt,
      int limit,
      Sampling sampling,
      OptionalInt alternatives,
      boolean scorePrompt) {

    public Request {
      prompt = List.copyOf(prompt);
    }
  }

  /** Takes what is generated as it comes. */
  public interface Listener {

    /**
     * The prompt has passed through the model.
     *
     * @param scores of the prompt's tokens from the second on, where they were asked for
     */
    void prefilled(List<TokenScore> scores);

    /** One more token, not an end token; returns whether to go on. */
    boolean generated(int token, Optional<TokenScore> score);
  }

  /** What ended a text. */
  public enum End {
    /** An end token. */
    MODEL,
    /** The limit of the request or of the context. */
    LIMIT,
    /** The listener wanted no more. */
    LISTENER
  }

  /**
   * What came of a prompt.
   *
   * @param tokens ids after the prompt, without the end token
   * @param endedByModel whether the model ended the text, rather than the limit
   */
  public record Completion(List<Integer> tokens, boolean endedByModel) {}

  /** Continues the prompt to its end. */
  public Completion complete(int[] prompt, int limit, Sampling sampling, SequenceProbe probe) {
    List<Integer> tokens = new ArrayList<>();
    End end =
        generate(
            new Request(
                IntStream.of(prompt).boxed().toList(), limit, sampling, OptionalInt.empty(), false),
            probe,
            new Listener() {
              @Override
              public void prefilled(List<TokenScore> scores) {}

              @Override
              public boolean generated(int token, Optional<TokenScore> score) {
                return tokens.add(token);
              }
            });
    return new Completion(tokens, end == End.MODEL);
  }

  /**
   * Continues the prompt and hands over each token.
   *
   * @param probe sees the residual stream of every pass
   */
  public End generate(Request request, SequenceProbe probe, Listener listener) {
    return model.use(() -> run(request, probe, listener));
  }

  private End run(Request request, SequenceProbe probe, Listener listener) {
    Decoder decoder = model.decoder();
    Sampler sampler = new Sampler(request.sampling());
    int count = 0;
    try (NDManager sequence = model.newScope();
        SequenceCache cache = decoder.newCache(sequence);
        probe) {
      int[] input = request.prompt().stream().mapToInt(Integer::intValue).toArray();
      while (true) {
        try (NDManager scope = sequence.newSubManager()) {
          NDArray ids = scope.create(input, new Shape(1, input.length));
          boolean wanted = count < request.limit();
          long start = System.nanoTime();
          Pass pass = decoder.forward(scope, ids, wanted ? Optional.of(cache) : Optional.empty());
          float[] logits = new float[0];
          if (wanted) {
            logits = nextLogits(scope, pass, input.length);
          } else {
            pass.awaitDevice();
          }
          long inferenceNanos = System.nanoTime() - start;
          BlockStates states = new BlockStates(pass.states(), 0, 0, input.length);
          if (count == 0) {
            probe.prefilled(scope, states, inferenceNanos);
            listener.prefilled(promptScores(scope, pass, request));
          } else {
            probe.decoded(sequence, states, inferenceNanos);
          }
          if (!wanted) {
            return End.LIMIT;
          }
          int next = sampler.next(logits);
          if (model.config().endTokens().contains(next)) {
            return End.MODEL;
          }
          count++;
          if (!listener.generated(next, score(logits, next, request))) {
            return End.LISTENER;
          }
          if (count == request.limit()
              || request.prompt().size() + count > model.config().contextLength()) {
            return End.LIMIT;
          }
          input = new int[] {next};
        }
      }
    }
  }

  private float[] nextLogits(NDManager scope, Pass pass, int passTokens) {
    return model.decoder().logits(scope, pass, passTokens - 1).toFloatArray();
  }

  private static Optional<TokenScore> score(float[] logits, int token, Request request) {
    return request.alternatives().isPresent()
        ? Optional.of(
            TokenScore.of(logits, 0, logits.length, token, request.alternatives().getAsInt()))
        : Optional.empty();
  }

  private List<TokenScore> promptScores(NDManager scope, Pass pass, Request request) {
    List<TokenScore> scores = new ArrayList<>();
    int predicted = request.prompt().size() - 1;
    if (!request.scorePrompt() || request.alternatives().isEmpty() || predicted == 0) {
      return scores;
    }
    int vocabulary = model.config().vocabularySize();
    int rows = Math.max(1, LOGITS_AT_A_TIME / vocabulary);
    for (int row = 0; row < predicted; row += rows) {
      int end = Math.min(predicted, row + rows);
      float[] logits;
      try (NDManager local = scope.newSubManager()) {
        logits = model.decoder().logits(local, pass, row, end).toFloatArray();
      }
      for (int i = row; i < end; i++) {
        scores.add(
            TokenScore.of(
                logits,
                (i - row) * vocabulary,
                vocabulary,
                request.prompt().get(i + 1),
                request.alternatives().getAsInt()));
      }
    }
    return scores;
  }
}
