package io.layerwatch.benchmarks.report;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where results go that have one chart. */
public final class ReportOptions extends PageOptions {

  @Option(names = "--chart", paramLabel = "FILE", description = "Draw it there, as SVG.")
  private Optional<Path> chart = Optional.empty();

  public Optional<Path> chart() {
    return chart;
  }
}
