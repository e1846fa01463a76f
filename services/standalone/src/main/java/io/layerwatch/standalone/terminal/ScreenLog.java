package io.layerwatch.standalone.terminal;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps log lines, which would tear the screen, in a file while the screen is drawn. The file stays
 * if it holds a warning, and is deleted otherwise.
 */
public final class ScreenLog implements AutoCloseable {

  private final Path file;
  private final PrintStream log;
  private final PrintStream standardError = System.err;

  private ScreenLog(Path file, PrintStream log) {
    this.file = file;
    this.log = log;
  }

  /** Diverts standard error, which the logger looks up at every line. */
  public static ScreenLog divert() {
    try {
      Path file = Files.createTempFile("layerwatch-", ".log");
      ScreenLog diverted =
          new ScreenLog(file, new PrintStream(file.toFile(), StandardCharsets.UTF_8));
      System.setErr(diverted.log);
      return diverted;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void announce(PrintWriter out) {
    out.println("starting …  (log: " + file + ")");
    out.flush();
  }

  @Override
  public void close() throws IOException {
    System.setErr(standardError);
    log.close();
    String lines = Files.readString(file);
    if (lines.contains(" WARN ") || lines.contains(" ERROR ")) {
      standardError.println("layerwatch: the log has warnings: " + file);
    } else {
      Files.delete(file);
    }
  }
}
