package io.layerwatch.instrumentation.train;

import static io.layerwatch.instrumentation.model.LlamaWeights.blockPart;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.model.AttentionWeights;
import io.layerwatch.instrumentation.model.BlockWeights;
import io.layerwatch.instrumentation.model.FeedForward;
import io.layerwatch.instrumentation.model.Linear;
import io.layerwatch.instrumentation.model.LlamaWeights;
import io.layerwatch.instrumentation.model.Norm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** Parameters that take gradients, by their Hugging Face names; matrices laid out [in, out]. */
final class TrainableWeights {

  private final NDManager manager;
  private final Random random;
  private final NDArray epsilon;
  private final Map<String, NDArray> parameters = new LinkedHashMap<>();
  private final LlamaWeights weights;

  /** Draws initial weights: normal with deviation 0.02, smaller where a block joins the stream. */
  TrainableWeights(LlamaConfig config, NDManager manager, long seed) {
    this.manager = manager;
    this.random = new Random(seed);
    int hidden = config.hiddenSize();
    int queryWidth = config.heads().queryWidth();
    int keyWidth = config.heads().keyWidth();
    int inner = config.intermediateSize();
    double joining = 0.02 / Math.sqrt(2.0 * config.layerCount());
    this.epsilon = manager.create((float) config.normEpsilon());
    NDArray embedding = normal(LlamaWeights.EMBEDDING, config.vocabularySize(), hidden, 0.02);
    List<BlockWeights> blocks = new ArrayList<>();
    for (int i = 0; i < config.layerCount(); i++) {
      blocks.add(
          new BlockWeights(
              norm(blockPart(i, "input_layernorm.weight"), hidden),
              new AttentionWeights(
                  linear(blockPart(i, "self_attn.q_proj"), hidden, queryWidth, 0.02),
                  linear(blockPart(i, "self_attn.k_proj"), hidden, keyWidth, 0.02),
                  linear(blockPart(i, "self_attn.v_proj"), hidden, keyWidth, 0.02),
                  linear(blockPart(i, "self_attn.o_proj"), queryWidth, hidden, joining),
                  Optional.empty()),
              norm(blockPart(i, "post_attention_layernorm.weight"), hidden),
              new FeedForward.Gated(
                  linear(blockPart(i, "mlp.gate_proj"), hidden, inner, 0.02),
                  linear(blockPart(i, "mlp.up_proj"), hidden, inner, 0.02),
                  linear(blockPart(i, "mlp.down_proj"), inner, hidden, joining),
                  config.activation())));
    }
    Norm finalNorm = norm(LlamaWeights.FINAL_NORM, hidden);
    // The head is the embedding, turned: a view that autograd follows back to it.
    this.weights =
        new LlamaWeights(embedding, blocks, finalNorm, new Linear(embedding.transpose()), true);
    parameters.values().forEach(parameter -> parameter.setRequiresGradient(true));
  }

  LlamaWeights weights() {
    return weights;
  }

  /**
   * The same weights with a head of this step: a transposed view made before gradients were on, or
   * in an earlier step, would not lead back to the embedding.
   */
  LlamaWeights forStep(NDManager scope) {
    NDArray head = weights.embedding().transpose();
    head.attach(scope);
    return new LlamaWeights(
        weights.embedding(), weights.blocks(), weights.finalNorm(), new Linear(head), true);
  }

  Map<String, NDArray> parameters() {
    return parameters;
  }

  /** The weights as checkpoints hold them: matrices laid out [out, in]. */
  Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters.forEach((name, parameter) -> tensors.put(name, tensor(name, parameter)));
    return tensors;
  }

  private static Tensor tensor(String name, NDArray parameter) {
    if (parameter.getShape().dimension() < 2 || name.equals(LlamaWeights.EMBEDDING)) {
      return new Tensor(parameter.getShape().getShape(), parameter.toFloatArray());
    }
    try (NDArray turned = parameter.transpose();
        NDArray laidOut = turned.duplicate()) {
      return new Tensor(turned.getShape().getShape(), laidOut.toFloatArray());
    }
  }

  private Linear linear(String part, int in, int out, double deviation) {
    return new Linear(normal(part + ".weight", in, out, deviation));
  }

  private NDArray normal(String name, int rows, int columns, double deviation) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextGaussian() * deviation);
    }
    return keep(name, manager.create(values, new Shape(rows, columns)));
  }

  private Norm norm(String name, int size) {
    return new Norm.Rms(keep(name, manager.ones(new Shape(size))), epsilon);
  }

  private NDArray keep(String name, NDArray created) {
    NDArray parameter = created.duplicate();
    parameters.put(name, parameter);
    return parameter;
  }
}
