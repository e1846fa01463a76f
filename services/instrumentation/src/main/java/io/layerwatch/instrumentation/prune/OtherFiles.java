package io.layerwatch.instrumentation.prune;

import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The files of a model directory that a removal does not change: tokenizer, chat template, settings
 * of generation. Weights in other formats would be those of the whole model, so they stay behind;
 * so does what is hidden.
 */
final class OtherFiles {

  private static final List<String> WEIGHTS =
      List.of(
          ".safetensors",
          ".bin",
          ".pt",
          ".pth",
          ".ckpt",
          ".h5",
          ".msgpack",
          ".npz",
          ".onnx",
          ".onnx_data",
          ".ot",
          ".gguf",
          ".ggml",
          ".index.json");

  private OtherFiles() {}

  /**
   * Copies them.
   *
   * @param written names at the top that are written anew
   * @return the weights in other formats that stay behind
   */
  static List<Path> copy(Path model, Path target, Set<String> written) throws IOException {
    if (Files.exists(model.resolve("adapter_config.json"))) {
      throw new InvalidCheckpointException(
          model.resolve("adapter_config.json")
              + ": expected none, since an adapter speaks of layers by number: merge it first");
    }
    List<Path> leftOut = new ArrayList<>();
    for (Path file : files(model)) {
      Path relative = model.relativize(file);
      String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
      if (isHidden(relative) || written.contains(relative.toString())) {
        continue;
      }
      if (WEIGHTS.stream().anyMatch(name::endsWith)) {
        leftOut.add(relative);
        continue;
      }
      Path copy = target.resolve(relative.toString());
      Files.createDirectories(copy.getParent());
      Files.copy(file, copy);
    }
    return leftOut;
  }

  /** Everything but directories; of links what they lead to, as downloads are often stored. */
  private static List<Path> files(Path model) throws IOException {
    try (Stream<Path> walk = Files.walk(model, FileVisitOption.FOLLOW_LINKS)) {
      return walk.filter(path -> !Files.isDirectory(path)).sorted().toList();
    }
  }

  private static boolean isHidden(Path relative) {
    for (Path part : relative) {
      if (part.toString().startsWith(".")) {
        return true;
      }
    }
    return false;
  }
}
