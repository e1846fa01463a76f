package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.checkpoint.Checkpoint;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All parameters of a Llama-family decoder.
 *
 * @param embedding [vocabulary, hidden]
 * @param blocks one for each layer
 * @param finalNorm gain of the last norm, [hidden]
 * @param head [hidden, vocabulary]
 */
public record LlamaWeights(
    NDArray embedding, List<BlockWeights> blocks, NDArray finalNorm, Kernel head) {

  /** The names that Hugging Face gives the tensors. */
  public static final String EMBEDDING = "model.embed_tokens.weight";

  public static final String FINAL_NORM = "model.norm.weight";
  public static final String HEAD = "lm_head.weight";

  public LlamaWeights {
    blocks = List.copyOf(blocks);
  }

  /** Name of a block's tensor, such as {@code model.layers.3.mlp.up_proj.weight}. */
  public static String blockTensor(int layer, String part) {
    return "model.layers." + layer + "." + part + ".weight";
  }

  /** Loads every tensor of the checkpoint; refuses one that the model has no use for. */
  static LlamaWeights load(Checkpoint checkpoint, LlamaConfig config, NDManager manager) {
    Loader loader = new Loader(checkpoint, manager, checkpoint.names());
    int hidden = config.hiddenSize();
    int queryWidth = config.attentionHeads() * config.headSize();
    int keyWidth = config.keyValueHeads() * config.headSize();
    int inner = config.intermediateSize();
    NDArray embedding = loader.load(EMBEDDING, config.vocabularySize(), hidden);
    List<BlockWeights> blocks = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      blocks.add(
          new BlockWeights(
              loader.load(blockTensor(i, "input_layernorm"), hidden),
              loader.kernel(blockTensor(i, "self_attn.q_proj"), queryWidth, hidden),
              loader.kernel(blockTensor(i, "self_attn.k_proj"), keyWidth, hidden),
              loader.kernel(blockTensor(i, "self_attn.v_proj"), keyWidth, hidden),
              loader.kernel(blockTensor(i, "self_attn.o_proj"), hidden, queryWidth),
              loader.load(blockTensor(i, "post_attention_layernorm"), hidden),
              loader.kernel(blockTensor(i, "mlp.gate_proj"), inner, hidden),
              loader.kernel(blockTensor(i, "mlp.up_proj"), inner, hidden),
              loader.kernel(blockTensor(i, "mlp.down_proj"), hidden, inner)));
    }
    NDArray finalNorm = loader.load(FINAL_NORM, hidden);
    Kernel head =
        config.tiedEmbeddings()
            ? Kernel.ofWeight(embedding)
            : loader.kernel(HEAD, config.vocabularySize(), hidden);
    loader.refuseUnused(config.tiedEmbeddings());
    return new LlamaWeights(embedding, blocks, finalNorm, head);
  }

  private record Loader(Checkpoint checkpoint, NDManager manager, Set<String> unused) {

    NDArray load(String name, long... shape) {
      unused.remove(name);
      return checkpoint.tensor(name, shape).load(manager);
    }

    Kernel kernel(String name, long out, long in) {
      return Kernel.ofWeight(load(name, out, in));
    }

    void refuseUnused(boolean tied) {
      unused.removeIf(name -> name.endsWith(".rotary_emb.inv_freq") || (tied && name.equals(HEAD)));
      if (!unused.isEmpty()) {
        throw new InvalidCheckpointException(
            checkpoint.directory()
                + ": expected only tensors of a "
                + "Llama decoder without biases, got "
                + (unused.size() > 3
                    ? unused.size() + " others, the first \"" + unused.iterator().next() + "\""
                    : unused));
      }
    }
  }
}
