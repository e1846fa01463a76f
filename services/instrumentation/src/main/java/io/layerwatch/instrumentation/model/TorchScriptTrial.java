package io.layerwatch.instrumentation.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.TorchScriptManifest;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * A few tokens through a TorchScript archive, so that what is wrong with it shows when it is loaded
 * rather than at the first request: a trace that holds for one length only, outputs that depend on
 * later tokens, a vocabulary that is smaller than the manifest says, a mask that skips nothing.
 */
final class TorchScriptTrial {

  private static final int TOKENS = 5;
  private static final int PREFIX = 2;

  /** Share of the largest value; half precision differs by less from length to length. */
  private static final float TOLERANCE = 0.02f;

  private final TorchScriptManifest manifest;
  private final Decoder decoder;

  TorchScriptTrial(TorchScriptManifest manifest, Decoder decoder) {
    this.manifest = manifest;
    this.decoder = decoder;
  }

  /**
   * Runs it.
   *
   * @throws InvalidCheckpointException in one sentence, when the archive is not what it should be
   */
  void run(NDManager manager) {
    try (NDManager scope = manager.newSubManager()) {
      int length = Math.min(TOKENS, manifest.contextLength());
      Pass whole = pass(scope, length, layer -> false);
      if (length > PREFIX) {
        expectSameStart(whole, pass(scope, PREFIX, layer -> false));
      }
      if (manifest.layerMaskInput()) {
        // Every other layer, then the others, so that outputs in another order show as well.
        for (int remainder = 0; remainder < 2; remainder++) {
          int kept = remainder;
          IntPredicate skipped = layer -> layer % 2 != kept;
          expectInputs(pass(scope, length, skipped), skipped);
        }
      }
    }
  }

  private Pass pass(NDManager scope, int length, IntPredicate skipped) {
    int last = manifest.vocabularySize() - 1;
    int[] tokens = {last, 0, last / 2, last / 3, last / 5};
    NDArray ids = scope.create(Arrays.copyOf(tokens, length), new Shape(1, length));
    try {
      return decoder.forward(scope, ids, Optional.empty(), skipped);
    } catch (EngineException | UnsupportedOperationException e) {
      throw new InvalidCheckpointException(
          manifest.archive() + ": expected a pass over " + length + " tokens, got " + reason(e), e);
    }
  }

  private void expectSameStart(Pass whole, Pass prefix) {
    for (int i = 0; i < prefix.states().size(); i++) {
      NDArray start = whole.states().get(i).get(new NDIndex(":, :" + PREFIX + ", :"));
      if (differ(start, prefix.states().get(i))) {
        throw new InvalidCheckpointException(
            manifest.archive()
                + ": "
                + manifest.keyOfState(i)
                + ": expected the same for a token whatever follows it, got other values");
      }
    }
  }

  private void expectInputs(Pass pass, IntPredicate skipped) {
    for (int layer = 0; layer < manifest.layerCount(); layer++) {
      if (skipped.test(layer) && differ(pass.states().get(layer + 1), pass.states().get(layer))) {
        throw new InvalidCheckpointException(
            manifest.archive()
                + ": "
                + manifest.keyOfState(layer + 1)
                + ": expected the block's input where the mask skips layer "
                + layer
                + ", got other values");
      }
    }
  }

  private static boolean differ(NDArray one, NDArray other) {
    float largest = other.abs().max().getFloat();
    // Written so that NaN is no difference: a random model may have some.
    return one.sub(other).abs().max().getFloat() > TOLERANCE * largest;
  }

  /**
   * What PyTorch says, in one line: a program that fails ends with the error, one that does not
   * load begins with it; the rest is source.
   */
  static String reason(Exception failure) {
    List<String> lines =
        String.valueOf(failure.getMessage()).lines().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      return "nothing but " + failure.getClass().getSimpleName();
    }
    String last = lines.get(lines.size() - 1);
    return last.matches("\\w+Error: .*") ? last : lines.get(0).replaceFirst(":$", "");
  }
}
