package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import java.util.Optional;

/**
 * Grouped-query attention (arXiv 2305.13245): softmax of scaled scores, times the values; B
 * sequences of T tokens, S with those before them, H query and K key-value heads of size h. Scores
 * are masked and normalised in single precision whatever the type.
 *
 * <p>The scores of a long prompt would take B · H · T · S floats; they are made for some of the T
 * rows at a time, so that their memory is bounded however long the prompt.
 */
final class Attention {

  /** 256 MiB, of which softmax holds another copy. */
  private static final long MOST_SCORES = 1 << 26;

  private final NDArray scale;
  private final Optional<NDArray> cap;
  private final long mostScores;

  Attention(NDArray scale) {
    this(scale, Optional.empty(), MOST_SCORES);
  }

  /**
   * Attention with a bound on its scores.
   *
   * @param scale what scores are multiplied by
   * @param cap scores s become cap · tanh(s ÷ cap)
   */
  Attention(NDArray scale, Optional<NDArray> cap) {
    this(scale, cap, MOST_SCORES);
  }

  Attention(NDArray scale, Optional<NDArray> cap, long mostScores) {
    this.scale = scale;
    this.cap = cap;
    this.mostScores = mostScores;
  }

  /**
   * Mixes values for each query.
   *
   * @param query [B, H, T, h]
   * @param key [B, K, S, h]
   * @param value [B, K, S, h]
   * @param mask [T, S], added to the scores
   * @return [B, H, T, h]
   */
  NDArray mix(NDArray query, NDArray key, NDArray value, Optional<NDArray> mask) {
    long length = query.getShape().get(2);
    long scoresOfRow = query.getShape().get(0) * query.getShape().get(1) * key.getShape().get(2);
    long rows = Math.max(1, mostScores / scoresOfRow);
    if (rows >= length) {
      return mixAll(query, key, value, mask);
    }
    NDManager scope = query.getManager();
    NDList mixed = new NDList();
    for (long from = 0; from < length; from += rows) {
      String some = from + ":" + Math.min(length, from + rows);
      try (NDManager local = scope.newSubManager()) {
        NDArray queries = query.get(new NDIndex(":, :, " + some));
        queries.attach(local);
        NDArray part = mixAll(queries, key, value, mask.map(all -> all.get(new NDIndex(some))));
        part.attach(scope);
        mixed.add(part);
      }
    }
    return NDArrays.concat(mixed, 2);
  }

  private NDArray mixAll(NDArray query, NDArray key, NDArray value, Optional<NDArray> mask) {
    long batch = query.getShape().get(0);
    long heads = query.getShape().get(1);
    long length = query.getShape().get(2);
    long size = query.getShape().get(3);
    long groups = key.getShape().get(1);
    long total = key.getShape().get(2);
    // The G = H ÷ K query heads of a group share its keys: fold them into the rows.
    NDArray rows = query.mul(scale).reshape(batch, groups, -1, size); // [B, K, G·T, h]
    NDArray scores = rows.matMul(transposed(rows.getManager(), key)); // [B, K, G·T, S]
    scores = scores.toType(DataType.FLOAT32, false);
    if (cap.isPresent()) {
      scores = scores.div(cap.get()).tanh().mul(cap.get());
    }
    if (mask.isPresent()) {
      scores = scores.reshape(batch, heads, length, total).add(mask.get());
      scores = scores.softmax(-1).reshape(batch, groups, -1, total);
    } else {
      scores = scores.softmax(-1);
    }
    NDArray weights = scores.toType(value.getDataType(), false);
    return weights.matMul(value).reshape(batch, heads, length, size);
  }

  private static NDArray transposed(NDManager scope, NDArray keys) {
    NDArray transposed = keys.transpose(0, 1, 3, 2);
    transposed.attach(scope);
    return transposed;
  }
}
