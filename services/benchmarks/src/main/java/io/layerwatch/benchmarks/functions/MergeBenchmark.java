package io.layerwatch.benchmarks.functions;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.statistics.LayerStatistics;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Adds the statistics of a summary to those of others. */
@State(Scope.Thread)
public class MergeBenchmark {

  private final LayerStatistics[] statistics =
      Flush.summaries().stream().map(ActivationSummary::statistics).toArray(LayerStatistics[]::new);

  @Benchmark
  @OperationsPerInvocation(Flush.SUMMARIES)
  public LayerStatistics merge() {
    LayerStatistics sum = LayerStatistics.empty(statistics[0].nearZero().thresholds());
    for (LayerStatistics next : statistics) {
      sum = sum.merge(next);
    }
    return sum;
  }
}
