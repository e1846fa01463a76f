package io.layerwatch.benchmarks.report;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where values and tables go, beside standard output. */
public class PageOptions {

  @Option(names = "--json", paramLabel = "FILE", description = "Write every value there, too.")
  private Optional<Path> json = Optional.empty();

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "Put the table between its marks in that page.")
  private Optional<Path> page = Optional.empty();

  public Optional<Path> json() {
    return json;
  }

  public Optional<Path> page() {
    return page;
  }

  /** Puts a text into the page, if one is given. */
  public void writePage(String name, String text) {
    page.ifPresent(file -> PageBlock.replace(file, name, text));
  }
}
