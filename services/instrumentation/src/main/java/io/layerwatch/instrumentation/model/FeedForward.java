package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import io.layerwatch.instrumentation.checkpoint.Activation;

/** The part of a block that looks at each token alone. */
public sealed interface FeedForward {

  /** Maps x [B, T, d] to [B, T, d]. */
  NDArray apply(NDArray x);

  WeightSize size();

  /**
   * down(activation(gate(x)) · up(x)) (arXiv 2002.05202).
   *
   * @param gate d to the inner width
   * @param up d to the inner width
   * @param down back to d
   */
  record Gated(Linear gate, Linear up, Linear down, Activation activation) implements FeedForward {

    @Override
    public NDArray apply(NDArray x) {
      NDArray gated = Activations.apply(activation, gate.apply(x));
      return down.apply(gated.mul(up.apply(x)));
    }

    @Override
    public WeightSize size() {
      return WeightSize.sum(gate.size(), up.size(), down.size());
    }
  }

  /**
   * down(activation(up(x))).
   *
   * @param up d to the inner width
   * @param down back to d
   */
  record Plain(Linear up, Linear down, Activation activation) implements FeedForward {

    @Override
    public NDArray apply(NDArray x) {
      return down.apply(Activations.apply(activation, up.apply(x)));
    }

    @Override
    public WeightSize size() {
      return WeightSize.sum(up.size(), down.size());
    }
  }
}
