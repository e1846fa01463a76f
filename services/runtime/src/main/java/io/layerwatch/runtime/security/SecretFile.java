package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A file that a setting names, whose content nobody is shown. */
record SecretFile(Settings settings, String key) {

  static final int LARGEST = 1 << 20;

  /** Its bytes; nothing, and a problem, where it cannot be read. */
  Optional<byte[]> read(List<String> problems, String expected) {
    Optional<Path> file = path().filter(Files::isRegularFile);
    if (file.isEmpty()) {
      problems.add(problem(expected, "which is not there"));
      return Optional.empty();
    }
    try {
      if (Files.size(file.get()) > LARGEST) {
        problems.add(problem(expected, "which is larger than 1 MiB"));
        return Optional.empty();
      }
      return Optional.of(Files.readAllBytes(file.get()));
    } catch (IOException e) {
      problems.add(problem(expected, "which cannot be read"));
      return Optional.empty();
    }
  }

  private Optional<Path> path() {
    try {
      return Optional.of(Path.of(settings.text(key)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** Whether it is surely no secret: those in base64 may look like a path, too. */
  private static boolean isPath(Path path) {
    return Files.exists(path)
        || (path.getNameCount() > 1 && Files.isDirectory(path.toAbsolutePath().getParent()));
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  /** Says what was expected, where, and what is wrong there. */
  String problem(String expected, String fault) {
    // Somebody may have given the secret itself, and must not find it in a log.
    return path().filter(SecretFile::isPath).isPresent()
        ? settings.problem(key, expected) + ", " + fault
        : key + ": expected " + expected + ", got what is no path of a file, and is not shown";
  }
}
