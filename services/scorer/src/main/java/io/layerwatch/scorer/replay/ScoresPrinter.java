package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.score.ModelScores;
import java.io.PrintWriter;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Prints windows as they come.
 *
 * @param format what a window looks like, line ends included
 */
record ScoresPrinter(PrintWriter out, Function<ModelScores, String> format)
    implements ScoresOutput {

  @Override
  public void check() {
    // Standard output is there.
  }

  @Override
  public void write(Stream<ModelScores> windows) {
    windows.forEach(scores -> out.print(format.apply(scores)));
    out.flush();
  }
}
