package io.layerwatch.instrumentation.checkpoint;

import io.layerwatch.analysis.ModelShape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What a TorchScript archive computes: layerwatch.json of its directory, the format of which is in
 * the exporter's README.
 *
 * @param file the manifest itself
 * @param archive the file that it describes
 * @param layerMaskInput whether the archive takes a second input that says which layers to skip
 * @param size parameters and multiply-adds; empty where nobody said
 */
public record TorchScriptManifest(
    Path file,
    Path archive,
    int layerCount,
    int hiddenSize,
    int vocabularySize,
    int contextLength,
    List<Integer> endTokens,
    boolean layerMaskInput,
    Outputs outputs,
    Optional<ModelShape> size)
    implements ModelConfig {

  private static final String NAME = "layerwatch.json";
  private static final int FORMAT_VERSION = 1;

  private static final List<String> KEYS =
      List.of(
          "formatVersion",
          "archive",
          "layerCount",
          "hiddenSize",
          "vocabularySize",
          "contextLength",
          "endTokens",
          "layerMaskInput",
          "outputs",
          "size");

  /**
   * Which output is what, counted from 0.
   *
   * @param firstBlockInput [B, T, hiddenSize], what enters the first block
   * @param blockOutputs [B, T, hiddenSize] each, by layer
   * @param logits [B, T, vocabularySize]
   */
  public record Outputs(int firstBlockInput, List<Integer> blockOutputs, int logits) {

    private static final List<String> KEYS = List.of("firstBlockInput", "blockOutputs", "logits");

    public Outputs {
      blockOutputs = List.copyOf(blockOutputs);
    }

    /** Those of the residual stream: layerCount + 1 of them. */
    public List<Integer> states() {
      return Stream.concat(Stream.of(firstBlockInput), blockOutputs.stream()).toList();
    }
  }

  public TorchScriptManifest {
    endTokens = List.copyOf(endTokens);
  }

  /** Whether the model directory is one of an archive. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(NAME));
  }

  /**
   * Reads layerwatch.json of the model directory.
   *
   * @throws InvalidCheckpointException in one sentence, when it does not say what it should
   */
  public static TorchScriptManifest read(Path directory) {
    ConfigFile config = ConfigFile.read(directory, NAME);
    config.expectOnly(KEYS);
    if (config.positive("formatVersion") != FORMAT_VERSION) {
      throw config.refused("formatVersion", Integer.toString(FORMAT_VERSION));
    }
    int layerCount = config.positive("layerCount");
    if (layerCount > ModelShape.MOST_LAYERS) {
      throw config.refused("layerCount", "at most " + ModelShape.MOST_LAYERS);
    }
    int vocabularySize = config.positive("vocabularySize");
    List<Integer> endTokens = config.wholeNumbers("endTokens");
    if (endTokens.stream().anyMatch(token -> token >= vocabularySize)) {
      throw config.refused("endTokens", "token ids below vocabularySize");
    }
    return new TorchScriptManifest(
        directory.resolve(NAME),
        archive(config, directory),
        layerCount,
        config.positive("hiddenSize"),
        vocabularySize,
        config.positive("contextLength"),
        endTokens,
        config.flag("layerMaskInput", false),
        outputs(config, layerCount),
        config.part("size").map(size -> size(config, size, layerCount)));
  }

  private static Path archive(ConfigFile config, Path directory) {
    String name = config.text("archive", "");
    if (name.isEmpty() || !Path.of(name).equals(Path.of(name).getFileName())) {
      throw config.refused("archive", "the name of a file in this directory");
    }
    return directory.resolve(name);
  }

  private static Outputs outputs(ConfigFile config, int layerCount) {
    ConfigFile outputs =
        config.part("outputs").orElseThrow(() -> config.refused("outputs", "an object"));
    outputs.expectOnly(Outputs.KEYS);
    List<Integer> blockOutputs = outputs.wholeNumbers("blockOutputs");
    if (blockOutputs.size() != layerCount) {
      throw outputs.refused("blockOutputs", "an output for each of " + layerCount + " layers");
    }
    Outputs read =
        new Outputs(index(outputs, "firstBlockInput"), blockOutputs, index(outputs, "logits"));
    Set<Integer> distinct = new HashSet<>(read.states());
    distinct.add(read.logits());
    if (distinct.size() != layerCount + 2) {
      throw config.refused("outputs", "every output once");
    }
    return read;
  }

  private static int index(ConfigFile outputs, String key) {
    long index = outputs.wholeNumber(key);
    if (index > Integer.MAX_VALUE) {
      throw outputs.refused(key, "the index of an output");
    }
    return (int) index;
  }

  private static ModelShape size(ConfigFile config, ConfigFile size, int layerCount) {
    size.expectOnly(
        List.of("layerParameters", "modelParameters", "layerMultiplyAdds", "modelMultiplyAdds"));
    long layerParameters = size.wholeNumber("layerParameters");
    long modelParameters = size.wholeNumber("modelParameters");
    long layerMultiplyAdds = size.wholeNumber("layerMultiplyAdds");
    long modelMultiplyAdds = size.wholeNumber("modelMultiplyAdds");
    try {
      return new ModelShape(
          layerCount, layerParameters, modelParameters, layerMultiplyAdds, modelMultiplyAdds);
    } catch (IllegalArgumentException e) {
      throw config.refused("size", "a layer to be no larger than its model, and that below 1e15");
    }
  }

  /** The key of the manifest that names the state, in the residual stream's order. */
  public String keyOfState(int state) {
    return state == 0 ? "outputs.firstBlockInput" : "outputs.blockOutputs[" + (state - 1) + "]";
  }

  /** Highest output that is read. */
  public int lastOutput() {
    return IntStream.concat(
            outputs.states().stream().mapToInt(Integer::intValue), IntStream.of(outputs.logits()))
        .max()
        .orElseThrow();
  }
}
