package io.layerwatch.benchmarks.report;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where results go, beside standard output. */
public final class ReportOptions {

  @Option(names = "--json", paramLabel = "FILE", description = "Write every value there, too.")
  private Optional<Path> json = Optional.empty();

  @Option(names = "--chart", paramLabel = "FILE", description = "Draw it there, as SVG.")
  private Optional<Path> chart = Optional.empty();

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "Put the table between its marks in that page.")
  private Optional<Path> page = Optional.empty();

  public Optional<Path> json() {
    return json;
  }

  public Optional<Path> chart() {
    return chart;
  }

  /** Puts a text into the page, if one is given. */
  public void writePage(String name, String text) {
    page.ifPresent(file -> PageBlock.replace(file, name, text));
  }
}
