package io.layerwatch.instrumentation.checkpoint;

import java.nio.file.Path;
import java.util.List;

/** What every model has, of whatever family. */
public interface ModelConfig {

  /** Decoder blocks. */
  int layerCount();

  /** Width of the residual stream. */
  int hiddenSize();

  /** Token ids run below it. */
  int vocabularySize();

  /** Most tokens of a sequence. */
  int contextLength();

  /** Ids that end a generated text. */
  List<Integer> endTokens();

  /**
   * Reads config.json of the model directory.
   *
   * @throws InvalidCheckpointException in one sentence, when the model cannot be run
   */
  static ModelConfig read(Path directory) {
    return LlamaConfig.read(directory);
  }
}
