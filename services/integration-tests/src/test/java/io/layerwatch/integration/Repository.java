package io.layerwatch.integration;

import java.nio.file.Files;
import java.nio.file.Path;

/** Files that tests use. */
public final class Repository {

  private Repository() {}

  /** The top of the working tree. */
  public static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("mvnw"))) {
      directory = directory.getParent();
    }
    return directory;
  }

  public static Path demoModel() {
    return root().resolve("services/standalone/demo/shakespeare-12l");
  }

  public static Path demoPrompts() {
    return root().resolve("services/standalone/demo/prompts.jsonl");
  }

  /** A file beside the repository that not every machine has; the test is skipped where absent. */
  static Path shared(String name) {
    Path path = root().resolveSibling("shared").resolve(name);
    if (!Files.exists(path)) {
      throw Skipped.because(path + " is not on this machine");
    }
    return path;
  }
}
