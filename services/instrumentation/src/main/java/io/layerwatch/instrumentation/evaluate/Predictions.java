package io.layerwatch.instrumentation.evaluate;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.model.Decoder;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What passes over one sequence say of its tokens: sums over the predicted ones, computed where the
 * passes are; five numbers a pass come to the host.
 *
 * <p>Some tokens at a time, since logits are as wide as the vocabulary. The first pass is the one
 * that the others are compared with, and its distributions are computed once for all of them.
 *
 * <p>Shapes: n tokens at a time; V words in the vocabulary.
 */
public final class Predictions {

  private static final int TOKENS_AT_A_TIME = 256;

  private final NDArray logProbabilities;
  private final NDArray best;

  /**
   * The predictions behind some logits.
   *
   * @param logits [n, V]
   */
  private Predictions(NDArray logits) {
    logProbabilities = logits.logSoftmax(-1);
    best = logits.argMax(-1);
  }

  /**
   * Totals of each pass over the same tokens [1, T].
   *
   * @param passes one or more, the full model's first
   * @param ids the tokens
   * @param from the first token whose prediction counts, 1 or more
   */
  public static List<PredictionTotals> totals(
      Decoder decoder, List<Pass> passes, int[] ids, int from) {
    int end = ids.length - 1;
    if (from > end) {
      return passes.stream().map(pass -> PredictionTotals.NONE).toList();
    }
    try (NDManager scope = passes.get(0).last().getManager().newSubManager()) {
      List<NDArray> sums = new ArrayList<>();
      passes.forEach(pass -> sums.add(scope.zeros(new Shape(4), DataType.FLOAT64)));
      for (int start = from - 1; start < end; start += TOKENS_AT_A_TIME) {
        int stop = Math.min(end, start + TOKENS_AT_A_TIME);
        int[] next = Arrays.copyOfRange(ids, start + 1, stop + 1);
        try (NDManager local = scope.newSubManager()) {
          add(sums, local, decoder, passes, start, next);
        }
      }
      return sums.stream().map(sum -> totals(end - from + 1, sum.toDoubleArray())).toList();
    }
  }

  private static PredictionTotals totals(long tokens, double[] sums) {
    return new PredictionTotals(tokens, sums[0], (long) sums[1], (long) sums[2], sums[3]);
  }

  /** Adds what the tokens from start on say of those that follow each. */
  private static void add(
      List<NDArray> sums,
      NDManager local,
      Decoder decoder,
      List<Pass> passes,
      int start,
      int[] following) {
    int stop = start + following.length;
    NDArray next = local.create(following).toType(DataType.INT64, false);
    Predictions full = of(local, decoder, passes.get(0), start, stop);
    Reference reference = new Reference(full);
    sums.get(0).addi(full.sums(local, next, reference));
    for (int i = 1; i < passes.size(); i++) {
      try (NDManager one = local.newSubManager()) {
        Predictions pruned = of(one, decoder, passes.get(i), start, stop);
        sums.get(i).addi(pruned.sums(one, next, reference));
      }
    }
  }

  private static Predictions of(
      NDManager manager, Decoder decoder, Pass pass, int start, int stop) {
    return new Predictions(decoder.logits(manager, pass, start, stop).reshape(stop - start, -1));
  }

  /** Full predictions and what every comparison needs of them. */
  private record Reference(
      Predictions full, NDArray probabilities, NDArray possible, NDArray zeros) {
    Reference(Predictions full) {
      this(full, full.logProbabilities.exp());
    }

    private Reference(Predictions full, NDArray probabilities) {
      this(full, probabilities, probabilities.neq(0), probabilities.zerosLike());
    }
  }

  /**
   * Log likelihood, correct tokens, tokens that agree and divergence: [4]. A token of which the
   * model says no number counts as neither correct nor agreeing.
   *
   * @param next the tokens that follow, [n]
   */
  private NDArray sums(NDManager manager, NDArray next, Reference reference) {
    NDArray likelihood = logProbabilities.gather(next.reshape(-1, 1), 1).reshape(-1);
    NDArray number = ones(likelihood.eq(likelihood));
    NDArray correct = ones(best.eq(next)).mul(number);
    NDArray agreeing = ones(best.eq(reference.full().best)).mul(number);
    NDArray sums =
        NDArrays.concat(
            new NDList(sum(likelihood), sum(correct), sum(agreeing), sum(divergence(reference))));
    sums.attach(manager);
    return sums;
  }

  /** Σ p (ln p − ln q) of each token, [n]; where p is 0 nothing is added, whatever q. */
  private NDArray divergence(Reference reference) {
    NDArray terms =
        logProbabilities
            .sub(reference.full().logProbabilities)
            .neg()
            .mul(reference.probabilities());
    return NDArrays.where(reference.possible(), terms, reference.zeros()).sum(new int[] {1});
  }

  /** Numbers, since sums of truth values are slow. */
  private static NDArray ones(NDArray truth) {
    return truth.toType(DataType.FLOAT32, false);
  }

  private static NDArray sum(NDArray values) {
    return values.toType(DataType.FLOAT64, false).sum().reshape(1);
  }
}
