package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.checkpoint.GemmaConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The forward pass of Gemma: Llama's (see {@link LlamaDecoder}) with a scaled embedding, and from
 * the second on with norms after attention and feed-forward, bounded scores and logits, windows in
 * some layers, and positions that turn at another pace in those.
 */
final class GemmaDecoder extends BlockDecoder {

  private final GemmaWeights weights;
  private final List<SelfAttention> attentions;
  private final NDArray embeddingScale;
  private final Optional<NDArray> logitCap;

  GemmaDecoder(GemmaConfig config, GemmaWeights weights, NDManager manager) {
    super(config.layerCount(), weights);
    this.weights = weights;
    this.embeddingScale = manager.create((float) Math.sqrt(config.hiddenSize()));
    this.logitCap = config.logitCap().map(cap -> manager.create(cap.floatValue()));
    Rotary whole = rotary(config, config.rotary(), manager);
    Rotary windowed =
        config.windowRotary().equals(config.rotary())
            ? whole
            : rotary(config, config.windowRotary(), manager);
    Attention attention =
        new Attention(
            manager.create((float) (1 / Math.sqrt(config.queryScalar()))),
            config.scoreCap().map(cap -> manager.create(cap.floatValue())));
    this.attentions =
        IntStream.range(0, config.layerCount())
            .mapToObj(
                layer ->
                    new SelfAttention(
                        layer,
                        config.heads(),
                        Optional.of(config.windows().get(layer).isPresent() ? windowed : whole),
                        config.windows().get(layer),
                        attention))
            .toList();
  }

  private Rotary rotary(
      GemmaConfig config,
      io.layerwatch.instrumentation.checkpoint.RotaryEmbedding embedding,
      NDManager manager) {
    return new Rotary(
        manager, embedding, config.contextLength(), weights.embedding().getDataType());
  }

  @Override
  NDArray embed(NDManager scope, NDArray tokens, PassContext pass) {
    return rows(scope, tokens, weights.embedding()).mul(embeddingScale); // [B, T, d]
  }

  @Override
  NDArray block(int layer, NDArray x, PassContext pass) {
    GemmaWeights.Block block = weights.blocks().get(layer);
    BlockWeights inner = block.weights();
    NDArray read = inner.attentionNorm().apply(x); // [B, T, d]
    NDArray mixed = attentions.get(layer).apply(read, inner.attention(), pass);
    NDArray attended = x.add(joining(block.attentionOutputNorm(), mixed));
    NDArray fed = inner.feedForward().apply(inner.feedForwardNorm().apply(attended));
    return attended.add(joining(block.feedForwardOutputNorm(), fed));
  }

  private static NDArray joining(Optional<Norm> norm, NDArray x) {
    return norm.map(present -> present.apply(x)).orElse(x);
  }

  @Override
  NDArray head(NDArray x) {
    NDArray logits = super.head(x);
    return logitCap.map(cap -> logits.div(cap).tanh().mul(cap)).orElse(logits);
  }
}
