package io.layerwatch.instrumentation.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

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

  /**
   * How far back each layer's attention sees, in tokens, the current one included; empty for the
   * whole sequence.
   */
  default List<OptionalInt> windows() {
    return Windows.none(layerCount());
  }

  /** Ids that end a generated text. */
  List<Integer> endTokens();

  /**
   * Reads config.json of the model directory, and generation_config.json for its end tokens.
   *
   * <p>An option that changes what the family computes and that the runner does not implement is
   * refused by name: ignoring it would give another model's activations.
   *
   * @throws InvalidCheckpointException in one sentence, when the model cannot be run
   */
  static ModelConfig read(Path directory) {
    ConfigFile config = ConfigFile.read(directory);
    Family family = Family.of(config);
    ForeignOptions.refuse(config, family);
    return switch (family) {
      case LLAMA, MISTRAL, QWEN2, QWEN3 -> LlamaConfig.of(config, family);
      case GEMMA, GEMMA2, GEMMA3 -> GemmaConfig.of(config, family);
      case GPT2 -> Gpt2Config.of(config);
      case GPT_NEOX -> NeoxConfig.of(config);
    };
  }
}
