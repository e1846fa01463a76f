package io.layerwatch.benchmarks.streaming.flink;

import io.layerwatch.benchmarks.streaming.Backlog;
import io.layerwatch.benchmarks.streaming.Contender;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.core.execution.JobClient;

/** The same aggregation by Flink, with that many parallel tasks of each kind. */
public record FlinkContender(FlinkStyle style, DeliveryGuarantee guarantee) implements Contender {

  /** The topic of Flink's scores. */
  public static final String OUTPUT = "flink-scores";

  @Override
  public Work start(Backlog backlog, String id, int threads) throws Exception {
    JobClient job = new FlinkScoring(id, style, backlog, guarantee).start(threads);
    CompletableFuture<?> ended = job.getJobExecutionResult();
    return new Work() {
      @Override
      public long done() {
        if (ended.isDone()) {
          throw new IllegalStateException(id + " ended", ended.handle((done, why) -> why).join());
        }
        return Merging.merged(id);
      }

      @Override
      public void close() {
        job.cancel().join();
        // Its cluster takes no processor from who comes next.
        ended.handle((result, why) -> why).join();
      }
    };
  }
}
