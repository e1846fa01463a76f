package io.layerwatch.instrumentation.model;

import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.TorchScriptArchive;
import io.layerwatch.instrumentation.checkpoint.TorchScriptManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A decoder of any architecture, exported as a TorchScript archive that returns its residual stream
 * beside the logits.
 *
 * <p>The archive takes token ids [B, T] and has no cache: a pass over new tokens passes the whole
 * sequence, and keeps the rows of the new ones. Outputs are converted to single precision, whatever
 * they are computed in. A pass cannot be interrupted.
 */
final class TorchScriptDecoder implements Decoder {

  private final TorchScriptManifest manifest;
  private final Block module;
  private final ParameterStore parameters;

  private TorchScriptDecoder(TorchScriptManifest manifest, Block module, NDManager manager) {
    this.manifest = manifest;
    this.module = module;
    this.parameters = new ParameterStore(manager, false);
  }

  /**
   * Loads the archive onto the manager's device, which then owns it, and tries it out.
   *
   * @throws InvalidCheckpointException in one sentence, when it is not what the manifest says
   */
  static TorchScriptDecoder load(TorchScriptManifest manifest, NDManager manager) {
    TorchScriptArchive.check(manifest);
    TorchScriptArchive.verify(manifest);
    Model model = Model.newInstance("torchscript", manager.getDevice(), "PyTorch");
    manager.attachInternal("torchscript", model);
    try {
      // Wherever it was traced: parameters that were on a GPU load on a machine without one.
      model.load(
          manifest.archive().getParent(),
          manifest.archive().getFileName().toString(),
          Map.of("mapLocation", "true"));
    } catch (IOException | MalformedModelException | EngineException e) {
      throw new InvalidCheckpointException(
          manifest.archive()
              + ": expected an archive that PyTorch loads, got "
              + TorchScriptTrial.reason(e),
          e);
    }
    TorchScriptDecoder decoder = new TorchScriptDecoder(manifest, model.getBlock(), manager);
    new TorchScriptTrial(manifest, decoder).run(manager);
    return decoder;
  }

  @Override
  public SequenceCache newCache(NDManager parent) {
    return new TokenHistory(parent);
  }

  /** An archive may have been traced with one. */
  @Override
  public boolean takesBatches() {
    return false;
  }

  @Override
  public Pass forward(
      NDManager scope, NDArray tokens, Optional<SequenceCache> cache, IntPredicate skipped) {
    if (Thread.currentThread().isInterrupted()) {
      throw new InferenceStoppedException("interrupted before the pass");
    }
    Optional<TokenHistory> history = cache.map(TokenHistory.class::cast);
    try (NDManager local = scope.newSubManager()) {
      NDArray added = tokens.toType(DataType.INT64, true);
      added.attach(local);
      NDArray all = history.map(held -> held.followedBy(added)).orElse(added);
      NDList outputs = module.forward(parameters, inputs(local, all, skipped), false);
      Pass pass = pass(outputs, all.getShape(), history.map(TokenHistory::length).orElse(0));
      pass.states().forEach(state -> state.attach(scope));
      pass.logits().orElseThrow().attach(scope);
      history.ifPresent(held -> held.keep(all));
      return pass;
    }
  }

  /** Tokens [B, T] and, where the archive takes it, a mask [layers]: 0 for a skipped layer. */
  private NDList inputs(NDManager local, NDArray tokens, IntPredicate skipped) {
    float[] mask = new float[manifest.layerCount()];
    for (int layer = 0; layer < mask.length; layer++) {
      mask[layer] = skipped.test(layer) ? 0 : 1;
    }
    if (manifest.layerMaskInput()) {
      return new NDList(tokens, local.create(mask));
    }
    if (IntStream.range(0, mask.length).anyMatch(layer -> mask[layer] == 0)) {
      throw new InvalidCheckpointException(
          manifest.file()
              + ": layerMaskInput: expected true where layers are to be skipped, got false");
    }
    return new NDList(tokens);
  }

  private Pass pass(NDList outputs, Shape tokens, int before) {
    if (outputs.size() <= manifest.lastOutput()) {
      throw new InvalidCheckpointException(
          manifest.archive()
              + ": expected "
              + (manifest.lastOutput() + 1)
              + " outputs or more, got "
              + outputs.size());
    }
    List<Integer> indices = manifest.outputs().states();
    List<NDArray> states = new ArrayList<>();
    for (int i = 0; i < indices.size(); i++) {
      Shape expected = tokens.add(manifest.hiddenSize());
      NDArray state = output(outputs, indices.get(i), manifest.keyOfState(i), expected);
      states.add(rowsFrom(before, state));
    }
    NDArray logits =
        output(
            outputs,
            manifest.outputs().logits(),
            "outputs.logits",
            tokens.add(manifest.vocabularySize()));
    return new Pass(states, Optional.of(rowsFrom(before, logits)));
  }

  private NDArray output(NDList outputs, int index, String key, Shape expected) {
    NDArray output = outputs.get(index);
    if (!output.getShape().equals(expected)) {
      throw new InvalidCheckpointException(
          manifest.archive()
              + ": output "
              + index
              + ", "
              + key
              + ": expected shape "
              + Arrays.toString(expected.getShape())
              + ", got "
              + Arrays.toString(output.getShape().getShape()));
    }
    return output;
  }

  /** In single precision, and a copy where only some are wanted, so that the others are freed. */
  private static NDArray rowsFrom(int before, NDArray output) {
    // Converted without asking what it is: DJL knows no bfloat16.
    return before == 0
        ? output.toType(DataType.FLOAT32, true)
        : output
            .get(new NDIndex(":, " + before + ":, :"))
            .toType(DataType.FLOAT32, true)
            .duplicate();
  }

  @Override
  public NDArray logits(NDManager scope, Pass pass, long firstToken, long endToken) {
    NDArray rows =
        pass.logits().orElseThrow().get(new NDIndex(":, " + firstToken + ":" + endToken + ", :"));
    rows.attach(scope);
    return rows;
  }

  /** What the manifest says, or zeros. */
  @Override
  public ModelShape shape() {
    return manifest.size().orElseGet(() -> new ModelShape(manifest.layerCount(), 0, 0, 0, 0));
  }
}
