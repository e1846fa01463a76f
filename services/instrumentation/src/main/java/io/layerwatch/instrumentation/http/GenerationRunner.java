package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.generate.BatchPrefill;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests one at a time, but those that only want their prompts passed through the model
 * several in one pass, where that is less work: {@link PrefillBatch} says when.
 */
final class GenerationRunner implements InferenceThreads.Runner<Generation> {

  private static final Logger LOG = LoggerFactory.getLogger(GenerationRunner.class);

  private final PrefillBatch.Bounds bounds;
  private final BatchPrefill prefill;
  private final RequestMetrics metrics;

  /**
   * A runner of a model's requests.
   *
   * @param mostPrompts in one pass
   */
  GenerationRunner(
      int mostPrompts,
      LanguageModel model,
      Supplier<SequenceProbe> probes,
      RequestMetrics metrics) {
    this.bounds =
        new PrefillBatch.Bounds(
            model.decoder().takesBatches() ? mostPrompts : 1, model.config().contextLength());
    this.prefill = new BatchPrefill(model, probes);
    this.metrics = metrics;
  }

  @Override
  public boolean joins(List<Generation> together, Generation next) {
    return together.get(0).isPrefillOnly()
        && next.isPrefillOnly()
        && PrefillBatch.isOne(
            prompts(Stream.concat(together.stream(), Stream.of(next)).toList()), bounds);
  }

  private static List<List<Integer>> prompts(List<Generation> together) {
    return together.stream().flatMap(generation -> generation.prompts().stream()).toList();
  }

  @Override
  public void run(List<Generation> together) {
    together.forEach(Generation::begin);
    List<Generation> shared = new ArrayList<>();
    for (Generation generation : together) {
      if (generation.isPrefillOnly() && generation.isWanted()) {
        shared.add(generation);
      } else {
        generation.run();
      }
    }
    if (prompts(shared).size() > 1) {
      runTogether(shared);
    } else {
      shared.forEach(Generation::run);
    }
  }

  /** Where the pass fails, one prompt's trouble is not its neighbours': they run one by one. */
  private void runTogether(List<Generation> shared) {
    long start = System.nanoTime();
    try {
      for (List<List<Integer>> pass : PrefillBatch.split(prompts(shared), bounds)) {
        prefill.run(pass);
        if (pass.size() > 1) {
          metrics.observeBatch(pass.size());
        }
      }
    } catch (RuntimeException | Error e) {
      if (shared.size() == 1) {
        shared.get(0).failed(e);
        return;
      }
      if (!(e instanceof InferenceStoppedException)) {
        LOG.warn("a batch of {} requests failed; they run one by one", shared.size(), e);
      }
      shared.forEach(Generation::run);
      return;
    }
    long tokens = prompts(shared).stream().mapToLong(List::size).sum();
    double secondsPerToken = (System.nanoTime() - start) / 1e9 / tokens;
    shared.forEach(generation -> generation.prefilled(secondsPerToken));
  }
}
