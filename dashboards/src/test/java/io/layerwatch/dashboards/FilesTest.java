package io.layerwatch.dashboards;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The JSON files that are imported are what the code says. */
class FilesTest {

  /** Of this module: tests run in its directory. */
  private static final Path DIRECTORY = Path.of("");

  private static final String COMMAND =
      "./mvnw verify -pl dashboards -am -Dtest=FilesTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dlayerwatch.dashboards.write=true";

  @Test
  void theFilesAreAsTheCodeSays() throws IOException {
    Map<String, String> current = Dashboards.files();
    if (Boolean.getBoolean("layerwatch.dashboards.write")) {
      for (Map.Entry<String, String> file : current.entrySet()) {
        Files.writeString(DIRECTORY.resolve(file.getKey()), file.getValue());
      }
    }
    assertThat(files()).as("dashboards/*.json; to write them anew: " + COMMAND).isEqualTo(current);
    assertThat(DIRECTORY.resolve("README.md")).content().contains(COMMAND);
  }

  private static Map<String, String> files() throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(DIRECTORY.toAbsolutePath())) {
      for (Path path : paths.filter(each -> each.toString().endsWith(".json")).toList()) {
        files.put(path.getFileName().toString(), Files.readString(path));
      }
    }
    return files;
  }
}
