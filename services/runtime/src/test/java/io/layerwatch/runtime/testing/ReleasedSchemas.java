package io.layerwatch.runtime.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;

/**
 * The schemas of every release, in {@code schemas/released}: a directory for each version, its
 * files named as in {@code schemas/src/main/avro}.
 */
public final class ReleasedSchemas {

  private static final Path RELEASED = Path.of("../../schemas/released");

  private ReleasedSchemas() {}

  /** All versions, oldest first; at least one. */
  public static List<String> versions() {
    try (Stream<Path> directories = Files.list(RELEASED)) {
      List<String> versions =
          directories
              .filter(Files::isDirectory)
              .map(directory -> directory.getFileName().toString())
              .sorted(Comparator.comparing(Version::parse))
              .toList();
      if (versions.isEmpty()) {
        throw new AssertionError(RELEASED + ": expected a directory for each release, got none");
      }
      return versions;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The schemas of one version by the name of their file, such as {@code ModelScores}. */
  public static Map<String, Schema> of(String version) {
    SchemaParser parser = new SchemaParser();
    Map<String, SchemaParser.ParseResult> parsed = new LinkedHashMap<>();
    try (Stream<Path> files = Files.list(RELEASED.resolve(version))) {
      for (Path file : files.sorted().toList()) {
        parsed.put(file.getFileName().toString().replace(".avsc", ""), parser.parse(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Files name each other's records, so that only all of them together are schemas.
    Map<String, Schema> schemas = new LinkedHashMap<>();
    parsed.forEach((name, result) -> schemas.put(name, result.mainSchema()));
    return schemas;
  }
}
