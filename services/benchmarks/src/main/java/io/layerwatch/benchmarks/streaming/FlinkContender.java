package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.capacity.Pass;
import java.time.Duration;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;

/** The same aggregation by Flink, with that many parallel tasks of each kind. */
record FlinkContender(
    DeliveryGuarantee guarantee,
    Duration window,
    Duration grace,
    double sparsityThreshold,
    String output)
    implements Contender {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "Flink, " + guarantee.toString().replace('-', ' ');
  }

  @Override
  public Pass pass(Laboratory laboratory, String id, int threads) throws Exception {
    FlinkScoring job = job(laboratory, id);
    JobClient running = job.start(threads);
    try {
      return Counted.pass(laboratory.published(), job::aggregated, FlinkContender::isTask);
    } finally {
      running.cancel().get();
    }
  }

  /**
   * Lets it run until its windows are on the topic, and compares them with the scorer's; returns
   * how many scores agree.
   */
  int agree(Laboratory laboratory) throws Exception {
    JobClient running = job(laboratory, "agreement").start(1);
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      int agreeing = 0;
      while (agreeing == 0 && System.nanoTime() < deadline) {
        agreeing = SameScores.compare(laboratory, laboratory.topics().layerScores().name(), output);
      }
      if (agreeing == 0) {
        throw new IllegalStateException(
            "expected windows of Flink's that the scorer scored, too, got none in " + PATIENCE);
      }
      return agreeing;
    } finally {
      running.cancel().get();
    }
  }

  private FlinkScoring job(Laboratory laboratory, String id) {
    return new FlinkScoring(
        id,
        laboratory.topics(),
        laboratory.bootstrapServers(),
        laboratory.directory("checkpoints-" + id),
        output,
        window,
        grace,
        sparsityThreshold,
        guarantee);
  }

  private static boolean isTask(String thread) {
    return FlinkScoring.OPERATORS.stream().anyMatch(thread::contains);
  }
}
