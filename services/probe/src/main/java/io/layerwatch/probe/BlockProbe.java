package io.layerwatch.probe;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import java.util.ArrayList;
import java.util.List;

/**
 * Watches the layers of any DJL model: wrap each layer, in order, and the pass through the last one
 * ends an observation.
 *
 * <pre>{@code
 * BlockProbe watched = new BlockProbe(probing);
 * SequentialBlock model = new SequentialBlock().add(embedding);
 * layers.forEach(layer -> model.add(watched.watch(layer)));
 * model.add(head);
 * }</pre>
 *
 * <p>A layer maps its first input [sequences, tokens, hidden] to its first output of the same
 * shape: that is the residual stream. Several tokens are a prefill, one is a decoded token. Every
 * token counts, so sequences of a batch must have one length. Wrapped layers may be used by several
 * threads at a time, each with a pass of its own.
 */
public final class BlockProbe {

  private final Probing probing;
  private final ThreadLocal<PassInProgress> current = ThreadLocal.withInitial(PassInProgress::new);
  private int layers;

  public BlockProbe(Probing probing) {
    this.probing = probing;
  }

  /** The layer after those that are watched already, watched. */
  public Block watch(Block layer) {
    WatchedLayer watched = new WatchedLayer(layer, layers);
    layers++;
    return watched;
  }

  /** What a thread's pass has seen so far. */
  private static final class PassInProgress {
    private final List<NDList> states = new ArrayList<>();
    private long startNanos;
  }

  private final class WatchedLayer extends AbstractBlock {

    private final Block layer;
    private final int index;

    WatchedLayer(Block layer, int index) {
      this.layer = addChildBlock("layer", layer);
      this.index = index;
    }

    @Override
    protected NDList forwardInternal(
        ParameterStore parameterStore,
        NDList inputs,
        boolean training,
        PairList<String, Object> params) {
      PassInProgress pass = current.get();
      if (index == 0) {
        pass.startNanos = System.nanoTime();
        pass.states.clear();
        pass.states.add(inputs);
      }
      NDList outputs = layer.forward(parameterStore, inputs, training, params);
      pass.states.add(outputs);
      if (index == layers - 1) {
        observe(pass);
      }
      return outputs;
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
      return layer.getOutputShapes(inputShapes);
    }

    @Override
    protected void initializeChildBlocks(
        NDManager manager, DataType dataType, Shape... inputShapes) {
      layer.initialize(manager, dataType, inputShapes);
    }
  }

  private void observe(PassInProgress pass) {
    long inferenceNanos = System.nanoTime() - pass.startNanos;
    try {
      List<NDArray> states = pass.states.stream().map(NDList::head).toList();
      Phase phase = states.get(0).getShape().get(1) == 1 ? Phase.DECODE : Phase.PREFILL;
      probing.observe(states.get(0).getManager(), states, phase, inferenceNanos);
    } catch (RuntimeException | Error e) {
      // A model of another shape: the probe's trouble, not the model's.
      probing.fail(0, e);
    } finally {
      pass.states.clear();
    }
  }
}
