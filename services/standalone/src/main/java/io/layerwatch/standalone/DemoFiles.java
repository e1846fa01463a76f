package io.layerwatch.standalone;

import io.layerwatch.runtime.process.StartException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The model, the prompts and the texts that come with layerwatch. */
final class DemoFiles {

  private DemoFiles() {}

  static Path model() {
    return existing("shakespeare-12l", "--model DIR");
  }

  static Path prompts() {
    return existing("prompts.jsonl", "--prompts FILE");
  }

  /** Prose of today. */
  static Path shiftedPrompts() {
    return existing("shifted.jsonl", "--shift-prompts FILE");
  }

  /** Text in the manner of what the model was trained on. */
  static Path evaluation() {
    return existing("evaluation.jsonl", "--set instrumentation.verifier.data=FILE");
  }

  private static Path existing(String name, String option) {
    Path home = Path.of(System.getProperty("layerwatch.home", "."));
    Path path = home.resolve("services/standalone/demo").resolve(name);
    if (!Files.exists(path)) {
      throw new StartException(
          "the demo file " + name + " is not at " + path + "; give your own with " + option);
    }
    return path;
  }
}
