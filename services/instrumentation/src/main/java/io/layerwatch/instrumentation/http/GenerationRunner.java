package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.generate.BatchPrefill;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs requests one at a time, but those that only want their prompts passed through the model
 * several in one pass: a pass of eight short prompts takes far less than eight passes.
 *
 * <p>A batch is padded to no more tokens than one prompt may have, so that it takes no more memory
 * than a long prompt does, and to no more than twice the tokens of its prompts.
 */
final class GenerationRunner implements InferenceThreads.Runner<Generation> {

  private static final Logger LOG = LoggerFactory.getLogger(GenerationRunner.class);

  private final int mostPrompts;
  private final int mostTokens;
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
    this.mostPrompts = model.decoder().takesBatches() ? mostPrompts : 1;
    this.mostTokens = model.config().contextLength();
    this.prefill = new BatchPrefill(model, probes);
    this.metrics = metrics;
  }

  @Override
  public boolean joins(List<Generation> together, Generation next) {
    return isBatch(Stream.concat(together.stream(), Stream.of(next)).toList());
  }

  private boolean isBatch(List<Generation> together) {
    if (!together.stream().allMatch(Generation::isPrefillOnly)) {
      return false;
    }
    List<List<Integer>> prompts = prompts(together);
    long longest = prompts.stream().mapToInt(List::size).max().orElse(0);
    long tokens = prompts.stream().mapToInt(List::size).sum();
    long padded = longest * prompts.size();
    return prompts.size() <= mostPrompts && padded <= mostTokens && padded <= 2 * tokens;
  }

  private static List<List<Integer>> prompts(List<Generation> together) {
    return together.stream().flatMap(generation -> generation.prompts().stream()).toList();
  }

  @Override
  public void run(List<Generation> together) {
    together.forEach(Generation::begin);
    List<Generation> wanted = together.stream().filter(Generation::isWanted).toList();
    if (prompts(wanted).size() > 1 && isBatch(wanted) && runAsBatch(wanted)) {
      together.stream().filter(one -> !wanted.contains(one)).forEach(Generation::run);
    } else {
      together.forEach(Generation::run);
    }
  }

  /** Returns false where the pass failed: one prompt's trouble is not its neighbours'. */
  private boolean runAsBatch(List<Generation> wanted) {
    long start = System.nanoTime();
    try {
      prefill.run(prompts(wanted));
    } catch (InferenceStoppedException e) {
      return false;
    } catch (RuntimeException e) {
      LOG.warn("a batch of {} requests failed; they run one by one", wanted.size(), e);
      return false;
    }
    double elapsedSeconds = (System.nanoTime() - start) / 1e9;
    metrics.observeBatch(prompts(wanted).size());
    wanted.forEach(generation -> generation.prefilled(elapsedSeconds));
    return true;
  }
}
