package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.score.ModelScores;
import java.util.stream.Stream;

/** Where the windows of a replay go. */
interface ScoresOutput {

  /** Whether it can be written, asked before the long way of reading. */
  void check();

  /** Writes all windows, or, where that can be had, none. */
  void write(Stream<ModelScores> windows);
}
