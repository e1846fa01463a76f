package io.layerwatch.benchmarks;

import io.layerwatch.analysis.Site;
import io.layerwatch.benchmarks.Comparison.Round;
import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.instrumentation.publish.SummaryAccumulator;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.ProbeEvents;
import io.layerwatch.probe.Probing;
import io.layerwatch.probe.SequenceProbe;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What probing costs the model: the same prompts through the same model in the same process, with
 * the probe and without, in turns, so that whatever else the machine does hits both.
 */
@Command(
    name = "probe-overhead",
    mixinStandardHelpOptions = true,
    description = "Compare prefill and decoding with and without the probe, in turns.")
public final class ProbeOverhead implements Callable<Integer> {

  private static final double[] THRESHOLDS = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final int PROMPT_OF_DECODING = 8;

  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model directory.")
  private Path model;

  @Option(
      names = "--rounds",
      defaultValue = "60",
      description = "Rounds, each with and without: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--prefill-tokens",
      defaultValue = "256",
      description = "Tokens of a prompt: ${DEFAULT-VALUE}.")
  private int prefillTokens;

  @Option(
      names = "--decode-tokens",
      defaultValue = "128",
      description = "Tokens to generate: ${DEFAULT-VALUE}.")
  private int decodeTokens;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "PyTorch threads: ${DEFAULT-VALUE}.")
  private int threads;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ProbeOverhead()).execute(arguments));
  }

  @Override
  public Integer call() {
    TorchThreads.configure(threads);
    try (LanguageModel loaded = LanguageModel.load(LanguageModel.Source.of(model))) {
      var out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "%s, %d layers of width %d; %d rounds; PyTorch threads %d; %d processors; Java %s%n%n",
          loaded.id(),
          loaded.config().layerCount(),
          loaded.config().hiddenSize(),
          rounds,
          threads,
          Runtime.getRuntime().availableProcessors(),
          Runtime.version());
      out.println("| | without | with the probe | extra time, median | middle half of rounds |");
      out.println("|---|---|---|---|---|");
      Work prefill = new Work(loaded, prefillTokens, 0);
      Work decoding = new Work(loaded, PROMPT_OF_DECODING, decodeTokens);
      out.println(compare("prefill of " + prefillTokens + " tokens", prefill).row());
      out.println(compare("decoding of " + decodeTokens + " tokens", decoding).row());
      out.flush();
    }
    return 0;
  }

  private Comparison compare(String name, Work work) {
    for (int warmUp = 0; warmUp < Math.min(20, rounds); warmUp++) {
      work.tokensPerSecond(warmUp, false);
      work.tokensPerSecond(warmUp, true);
    }
    List<Round> measured = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      // Whoever goes first in a round goes second in the next.
      boolean first = round % 2 == 0;
      double a = work.tokensPerSecond(round, first);
      double b = work.tokensPerSecond(round, !first);
      measured.add(first ? new Round(b, a) : new Round(a, b));
    }
    return new Comparison(name, "tokens", measured);
  }

  /** One kind of request, with all that serving it does to its activations. */
  private static final class Work {

    private final LanguageModel model;
    private final TextGenerator generator;
    private final ActivationProbe probe = new ActivationProbe(List.of(Site.values()), THRESHOLDS);
    private final SummaryAccumulator accumulator;
    private final int promptTokens;
    private final int limit;

    Work(LanguageModel model, int promptTokens, int limit) {
      this.model = model;
      this.generator = new TextGenerator(model);
      this.promptTokens = promptTokens;
      this.limit = limit;
      this.accumulator =
          new SummaryAccumulator(
              Clock.systemUTC(),
              Duration.ofSeconds(1),
              probe.sites(),
              THRESHOLDS,
              model.config().layerCount());
    }

    double tokensPerSecond(int round, boolean probed) {
      int[] prompt =
          new Random(round).ints(promptTokens, 0, model.config().vocabularySize()).toArray();
      SequenceProbe sequence =
          probed
              ? Probing.everything(probe, accumulator::add, ProbeEvents.NONE).newSequence()
              : SequenceProbe.NONE;
      long start = System.nanoTime();
      int generated = generator.complete(prompt, limit, Sampling.GREEDY, sequence).tokens().size();
      double seconds = (System.nanoTime() - start) / 1e9;
      accumulator.takeEnded();
      return (limit == 0 ? promptTokens : Math.max(1, generated)) / seconds;
    }
  }
}
