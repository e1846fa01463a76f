package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.RunningScorer;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import java.util.Map;

/** The production scorer. At least once is not among its guarantees. */
final class ScorerContender implements Contender {

  @Override
  public Work start(Backlog backlog, String id, int threads) {
    Topics topics = backlog.topics();
    RunningScorer scorer =
        RunningScorer.start(
            backlog.scorer(
                Map.of(
                    ScorerSettings.APPLICATION_ID,
                    id,
                    "kafka.num.stream.threads",
                    Integer.toString(threads))),
            topics,
            Map.of("state.dir", backlog.directory("streams").toString()));
    return new Work() {
      @Override
      public long done() {
        return scorer.accepted();
      }

      @Override
      public void close() {
        scorer.close();
        topics.close();
      }
    };
  }
}
