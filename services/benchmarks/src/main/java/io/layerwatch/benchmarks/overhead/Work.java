package io.layerwatch.benchmarks.overhead;

import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.publish.SummaryAccumulator;
import io.layerwatch.probe.SequenceProbe;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;
import java.util.function.Supplier;

/** One kind of request, with all that serving it does to its activations. */
final class Work {

  private final LanguageModel model;
  private final TextGenerator generator;
  private final SummaryAccumulator accumulator;
  private final Supplier<SequenceProbe> probes;
  private final int promptTokens;
  private final int limit;

  /**
   * A kind of request.
   *
   * @param limit tokens to generate; 0 to only pass the prompt through the model
   */
  Work(LanguageModel model, Variant variant, int promptTokens, int limit) {
    this.model = model;
    this.generator = new TextGenerator(model);
    this.promptTokens = promptTokens;
    this.limit = limit;
    this.accumulator =
        new SummaryAccumulator(
            Clock.systemUTC(),
            Duration.ofSeconds(1),
            Variant.SITES,
            Variant.THRESHOLDS,
            model.config().layerCount());
    this.probes = variant.probes(accumulator::add);
  }

  /** Serves one request; every variant gets the same one in a round. */
  double tokensPerSecond(int round) {
    int[] prompt =
        new Random(round).ints(promptTokens, 0, model.config().vocabularySize()).toArray();
    long start = System.nanoTime();
    int generated =
        generator.complete(prompt, limit, Sampling.GREEDY, probes.get()).tokens().size();
    double seconds = (System.nanoTime() - start) / 1e9;
    accumulator.takeEnded();
    return (limit == 0 ? promptTokens : Math.max(1, generated)) / seconds;
  }
}
