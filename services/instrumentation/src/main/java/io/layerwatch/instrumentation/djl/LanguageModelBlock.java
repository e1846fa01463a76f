package io.layerwatch.instrumentation.djl;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.Phase;
import io.layerwatch.probe.Probing;
import java.util.Optional;

/**
 * A language model as a DJL block: token ids [sequences, tokens] to next-token logits [sequences,
 * tokens, vocabulary] in single precision. Every sequence of a batch is observed, from its first
 * token to its last, as a prompt; there is no cache. Not trainable.
 */
public final class LanguageModelBlock extends AbstractBlock {

  private final LanguageModel model;
  private final Optional<Probing> probing;

  LanguageModelBlock(LanguageModel model, Optional<Probing> probing) {
    this.model = model;
    this.probing = probing;
  }

  @Override
  protected NDList forwardInternal(
      ParameterStore parameterStore,
      NDList inputs,
      boolean training,
      PairList<String, Object> params) {
    NDArray tokens = inputs.singletonOrThrow();
    NDManager scope = tokens.getManager();
    long start = System.nanoTime();
    return model.use(
        () -> {
          Pass pass = model.decoder().forward(scope, tokens, Optional.empty());
          NDArray logits = model.decoder().logits(scope, pass, 0);
          long nanos = System.nanoTime() - start;
          probing.ifPresent(watched -> watched.observe(scope, pass.states(), Phase.PREFILL, nanos));
          return new NDList(logits);
        });
  }

  @Override
  public Shape[] getOutputShapes(Shape[] inputShapes) {
    Shape tokens = inputShapes[0];
    return new Shape[] {new Shape(tokens.get(0), tokens.get(1), model.config().vocabularySize())};
  }
}
