package io.layerwatch.integration;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command line as a process of its own. */
final class LayerwatchProcess {

  private LayerwatchProcess() {}

  /**
   * Starts it.
   *
   * @param output takes standard output and error
   * @param temporary its directory for temporary files
   */
  static Process start(Path output, Path temporary, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx1g",
            "-XX:+UseSerialGC",
            "-Dai.djl.offline=true",
            "-Djava.io.tmpdir=" + temporary,
            "-Dlayerwatch.home=" + Repository.root(),
            "-cp",
            System.getProperty("java.class.path"),
            "io.layerwatch.standalone.Layerwatch"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }
}
