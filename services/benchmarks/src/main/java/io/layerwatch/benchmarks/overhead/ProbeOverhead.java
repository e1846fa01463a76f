package io.layerwatch.benchmarks.overhead;

import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.runtime.process.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What probing costs the model: the same prompts through the same model in the same process,
 * without a probe and with several, in turns, so that whatever else the machine does hits all.
 */
@Command(
    name = "probe-overhead",
    mixinStandardHelpOptions = true,
    description =
        "Compare prefill and decoding without a probe, at defaults, with everything observed, and"
            + " with all activations copied to the host, in turns.")
public final class ProbeOverhead implements Callable<Integer> {

  private static final int PROMPT_OF_DECODING = 8;
  private static final int WARM_UPS = 10;

  @Spec private CommandSpec spec;

  @ArgGroup(multiplicity = "1")
  private Subject subject = new Subject();

  private static final class Subject {
    @Option(names = "--model", paramLabel = "DIR", description = "Model directory.")
    private Path model;

    @Option(
        names = "--shape",
        paramLabel = "SHAPE",
        description = "Random weights of this shape: 12x288 or 30x576 (layers, width).")
    private String shape;
  }

  @Option(
      names = "--rounds",
      defaultValue = "40",
      description = "Rounds, each with every variant: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--prefill-tokens",
      defaultValue = "256",
      description = "Tokens of a prompt: ${DEFAULT-VALUE}.")
  private int prefillTokens;

  @Option(
      names = "--decode-tokens",
      defaultValue = "64",
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
  public Integer call() throws IOException {
    TorchThreads.configure(threads);
    if (subject.model != null) {
      measure(subject.model);
      return 0;
    }
    Path directory = Files.createTempDirectory("layerwatch-random-");
    try {
      checkpoint().write(directory);
      measure(directory);
    } finally {
      Directories.delete(directory);
    }
    return 0;
  }

  private RandomCheckpoint checkpoint() {
    try {
      return RandomCheckpoint.ofShape(subject.shape);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void measure(Path directory) {
    try (LanguageModel loaded = LanguageModel.load(LanguageModel.Source.of(directory))) {
      PrintWriter out = spec.commandLine().getOut();
      out.printf(
          Locale.ROOT,
          "%d layers of width %d; %d rounds; PyTorch threads %d; %d processors; Java %s%n%n",
          loaded.config().layerCount(),
          loaded.config().hiddenSize(),
          rounds,
          threads,
          Runtime.getRuntime().availableProcessors(),
          Runtime.version());
      out.println(Comparison.header());
      print(out, "prefill of " + prefillTokens + " tokens", loaded, prefillTokens, 0);
      print(
          out, "decoding of " + decodeTokens + " tokens", loaded, PROMPT_OF_DECODING, decodeTokens);
    }
  }

  private void print(PrintWriter out, String name, LanguageModel model, int prompt, int limit) {
    List<Variant> variants = List.of(Variant.values());
    List<Work> works =
        variants.stream().map(variant -> new Work(model, variant, prompt, limit)).toList();
    // Drawn anew each round: whoever always came after another would have its garbage to collect
    // and its cache to fill.
    Random random = new Random(1);
    List<Integer> order = new ArrayList<>(IntStream.range(0, works.size()).boxed().toList());
    List<List<Double>> measured = new ArrayList<>();
    for (int round = -Math.min(WARM_UPS, rounds); round < rounds; round++) {
      Collections.shuffle(order, random);
      Double[] rates = new Double[works.size()];
      for (int i : order) {
        rates[i] = works.get(i).tokensPerSecond(round);
      }
      if (round >= 0) {
        measured.add(Arrays.asList(rates));
      }
    }
    new Comparison(name, variants, measured).rows().forEach(out::println);
    out.flush();
  }
}
