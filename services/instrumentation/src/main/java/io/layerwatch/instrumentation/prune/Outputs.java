package io.layerwatch.instrumentation.prune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Where a directory may be written. */
final class Outputs {

  private Outputs() {}

  /**
   * The output's path with links resolved.
   *
   * @throws PruningException in one sentence, when nothing may be written there
   */
  static Path checked(Path output, Path model) {
    Path absolute = output.toAbsolutePath().normalize();
    try {
      Path real = real(absolute);
      if (real.startsWith(model.toRealPath())) {
        throw new PruningException(
            output + ": expected a directory outside of the model's, " + model);
      }
      if (Files.exists(real, LinkOption.NOFOLLOW_LINKS) && !isEmptyDirectory(real)) {
        throw new PruningException(
            output + ": expected a new or empty directory, found something there");
      }
      return real;
    } catch (IOException e) {
      throw new PruningException(output + ": cannot be looked at: " + e, e);
    }
  }

  private static Path real(Path absolute) throws IOException {
    if (Files.exists(absolute)) {
      return absolute.toRealPath();
    }
    Path parent = absolute.getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new PruningException(
          absolute + ": expected to be made in a directory that exists, found none at " + parent);
    }
    return parent.toRealPath().resolve(absolute.getFileName().toString());
  }

  private static boolean isEmptyDirectory(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return false;
    }
    try (Stream<Path> content = Files.list(path)) {
      return content.findAny().isEmpty();
    }
  }
}
