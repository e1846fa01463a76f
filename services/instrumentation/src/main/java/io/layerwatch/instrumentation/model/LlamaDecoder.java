package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.nn.Activation;
import ai.djl.nn.core.Embedding;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * The forward pass of a Llama-family decoder (arXiv 2302.13971): RMS norm, grouped-query attention
 * with rotary positions, gated feed-forward, residual around each. Serves inference and training:
 * every constant is an array, because DJL frees a Java number's array before autograd reads it.
 *
 * <p>Shapes: B sequences of T tokens; S tokens with those in the cache; d hidden units; H query and
 * K key-value heads of size h, G = H ÷ K. Safe for use by several threads: the weights are only
 * read. An operation's result belongs to its first operand's manager, so activations always stand
 * first.
 */
public final class LlamaDecoder implements Decoder {

  private final LlamaConfig config;
  private final LlamaWeights weights;
  private final Rotary rotary;
  private final NDArray normEpsilon;
  private final Attention attention;
  private final NDArray maskedOut;

  public LlamaDecoder(LlamaConfig config, LlamaWeights weights, NDManager manager) {
    this.config = config;
    this.weights = weights;
    this.rotary = new Rotary(manager, config);
    this.normEpsilon = manager.create((float) config.normEpsilon());
    this.attention = new Attention(manager.create((float) (1 / Math.sqrt(config.headSize()))));
    this.maskedOut = manager.create(-1e30f);
  }

  @Override
  public KeyValueCache newCache(NDManager parent) {
    return new KeyValueCache(parent, config.layerCount());
  }

  @Override
  public Pass forward(
      NDManager scope, NDArray tokens, Optional<KeyValueCache> cache, IntPredicate skipped) {
    int length = (int) tokens.getShape().get(1);
    int before = cache.map(KeyValueCache::length).orElse(0);
    Rotary.Angles angles = rotary.at(scope, before, length);
    Optional<NDArray> mask = causalMask(scope, before, length);
    NDArray x = embed(scope, tokens);
    List<NDArray> states = new ArrayList<>(config.layerCount() + 1);
    states.add(x);
    for (int layer = 0; layer < config.layerCount(); layer++) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InferenceStoppedException("interrupted before layer " + layer);
      }
      if (!skipped.test(layer)) {
        try (NDManager local = scope.newSubManager()) {
          x.attach(local);
          NDArray output = block(x, layer, angles, mask, cache);
          x.attach(scope);
          output.attach(scope);
          x = output;
        }
      }
      states.add(x);
    }
    cache.ifPresent(held -> held.advance(length));
    return new Pass(states);
  }

  @Override
  public NDArray logits(NDManager scope, Pass pass, long firstToken, long endToken) {
    NDArray state = pass.last().get(new NDIndex(":, " + firstToken + ":" + endToken + ", :"));
    state.attach(scope);
    return weights.head().apply(normalise(state, weights.finalNorm()));
  }

  @Override
  public ModelShape shape() {
    long hidden = config.hiddenSize();
    long queryWidth = (long) config.attentionHeads() * config.headSize();
    long keyWidth = (long) config.keyValueHeads() * config.headSize();
    long matrices =
        2 * hidden * queryWidth + 2 * hidden * keyWidth + 3 * hidden * config.intermediateSize();
    long layer = matrices + 2 * hidden;
    long embedding = hidden * config.vocabularySize();
    long model =
        layer * config.layerCount() + hidden + embedding * (config.tiedEmbeddings() ? 1 : 2);
    return new ModelShape(
        config.layerCount(), layer, model, matrices, matrices * config.layerCount() + embedding);
  }

  private NDArray embed(NDManager scope, NDArray tokens) {
    NDArray embedded =
        Embedding.embedding(tokens, weights.embedding(), SparseFormat.DENSE).singletonOrThrow();
    embedded.attach(scope);
    return embedded;
  }

  private NDArray block(
      NDArray x,
      int layer,
      Rotary.Angles angles,
      Optional<NDArray> mask,
      Optional<KeyValueCache> cache) {
    BlockWeights block = weights.blocks().get(layer);
    NDArray normed = normalise(x, block.attentionNorm());
    NDArray attended = x.add(attend(normed, block, layer, angles, mask, cache));
    return attended.add(feedForward(normalise(attended, block.feedForwardNorm()), block));
  }

  private NDArray attend(
      NDArray x, // [B, T, d]
      BlockWeights block,
      int layer,
      Rotary.Angles angles,
      Optional<NDArray> mask,
      Optional<KeyValueCache> cache) {
    long batch = x.getShape().get(0);
    long length = x.getShape().get(1);
    int heads = config.attentionHeads();
    int groups = config.keyValueHeads();
    NDArray query = angles.rotate(splitHeads(block.query().apply(x), heads)); // [B, H, T, h]
    NDArray key = angles.rotate(splitHeads(block.key().apply(x), groups)); // [B, K, T, h]
    NDArray value = splitHeads(block.value().apply(x), groups);
    if (cache.isPresent()) {
      key = cache.get().appendKeys(layer, key); // [B, K, S, h]
      value = cache.get().appendValues(layer, value);
    }
    NDArray mixed = attention.mix(query, key, value, mask);
    return block.output().apply(mixed.transpose(0, 2, 1, 3).reshape(batch, length, -1));
  }

  private NDArray splitHeads(NDArray x, int heads) {
    Shape shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), heads, config.headSize()).transpose(0, 2, 1, 3);
  }

  private static NDArray feedForward(NDArray x, BlockWeights block) {
    NDArray gate = block.gate().apply(x);
    return block.down().apply(gate.mul(Activation.sigmoid(gate)).mul(block.up().apply(x)));
  }

  private NDArray normalise(NDArray x, NDArray gain) {
    NDArray meanSquare = x.square().mean(new int[] {-1}, true);
    return x.div(meanSquare.add(normEpsilon).sqrt()).mul(gain);
  }

  /** [T, S]: far below zero where a token would look ahead; none for a single token. */
  private Optional<NDArray> causalMask(NDManager scope, int before, int length) {
    if (length == 1) {
      return Optional.empty();
    }
    NDArray row = scope.arange(before, before + length, 1, DataType.INT32).reshape(length, 1);
    NDArray column = scope.arange(0, before + length, 1, DataType.INT32).reshape(1, -1);
    return Optional.of(row.lt(column).toType(DataType.FLOAT32, false).mul(maskedOut));
  }
}
