package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDManager;
import io.layerwatch.instrumentation.checkpoint.Checkpoint;
import io.layerwatch.instrumentation.checkpoint.GemmaConfig;
import io.layerwatch.instrumentation.checkpoint.Gpt2Config;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import io.layerwatch.instrumentation.checkpoint.ModelConfig;
import io.layerwatch.instrumentation.checkpoint.NeoxConfig;
import io.layerwatch.instrumentation.checkpoint.TensorType;

/** Loads the decoder of a checkpoint's family. */
final class Families {

  private Families() {}

  /**
   * Loads the weights onto the manager's device.
   *
   * @param type of weights and activations, F32 or F16
   */
  static Decoder load(
      Checkpoint checkpoint, ModelConfig config, NDManager manager, TensorType type) {
    TensorLoader loader = new TensorLoader(checkpoint, manager, type);
    if (config instanceof LlamaConfig llama) {
      return new LlamaDecoder(llama, LlamaWeights.load(loader, llama), manager);
    }
    if (config instanceof GemmaConfig gemma) {
      return new GemmaDecoder(gemma, GemmaWeights.load(loader, gemma), manager);
    }
    if (config instanceof Gpt2Config gpt2) {
      return new Gpt2Decoder(gpt2, Gpt2Weights.load(loader, gpt2), manager);
    }
    if (config instanceof NeoxConfig neox) {
      return new NeoxDecoder(neox, NeoxWeights.load(loader, neox), manager);
    }
    throw new IllegalArgumentException("no decoder for " + config);
  }
}
