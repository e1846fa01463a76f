package io.layerwatch.benchmarks.prefill;

import io.layerwatch.benchmarks.Spread;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Prompts a second of clients that only want prefills, by how many share a pass: servers of one
 * model in one process, asked over HTTP in turns.
 */
@Command(
    name = "prefill-batch",
    mixinStandardHelpOptions = true,
    description = "Compare prefills one by one with several in a pass, over HTTP, in turns.")
public final class PrefillBatching implements Callable<Integer> {

  private static final int WARM_UPS = 2;

  @Spec private CommandSpec spec;

  @Option(names = "--model", paramLabel = "DIR", required = true, description = "Model directory.")
  private Path model;

  @Option(
      names = "--rounds",
      defaultValue = "20",
      description = "Rounds, each with every variant: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--tokens",
      split = ",",
      defaultValue = "16,64,128",
      description = "Tokens of a prompt: ${DEFAULT-VALUE}.")
  private List<Integer> tokens;

  @Option(
      names = "--batches",
      split = ",",
      defaultValue = "1,4,8,16",
      description =
          "Prompts at most in a pass, the first to hold the others against:" + " ${DEFAULT-VALUE}.")
  private List<Integer> batches;

  @Option(
      names = "--clients",
      defaultValue = "32",
      description = "Requests at the same time: ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--requests",
      defaultValue = "128",
      description = "Requests of each variant in a round: ${DEFAULT-VALUE}.")
  private int requests;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PrefillBatching()).execute(arguments));
  }

  @Override
  public Integer call() {
    TorchThreads.configure(1);
    PrintWriter out = spec.commandLine().getOut();
    try (LanguageModel loaded = LanguageModel.load(LanguageModel.Source.of(model))) {
      out.printf(
          Locale.ROOT,
          "%d layers of width %d; %d clients; %d rounds; %d processors; Java %s%n%n",
          loaded.config().layerCount(),
          loaded.config().hiddenSize(),
          clients,
          rounds,
          Runtime.getRuntime().availableProcessors(),
          Runtime.version());
      out.println("| prompt | in a pass | prompts/s, median | ratio, median | middle half |");
      out.println("|---|---|---|---|---|");
      for (int length : tokens) {
        print(out, length, measure(loaded, length));
      }
    }
    return 0;
  }

  /** For each batch size the prompts a second of every round. */
  private Map<Integer, List<Double>> measure(LanguageModel loaded, int length) {
    List<PrefillServer> servers = new ArrayList<>();
    try {
      batches.forEach(batch -> servers.add(new PrefillServer(loaded, batch, clients)));
      Map<Integer, List<Double>> rates = new LinkedHashMap<>();
      batches.forEach(batch -> rates.put(batch, new ArrayList<>()));
      Random random = new Random(1);
      for (int round = -WARM_UPS; round < rounds; round++) {
        List<PrefillServer> order = new ArrayList<>(servers);
        Collections.shuffle(order, random);
        for (PrefillServer server : order) {
          double rate = server.promptsPerSecond(requests, length, round);
          if (round >= 0) {
            rates.get(server.batch()).add(rate);
          }
        }
      }
      return rates;
    } finally {
      servers.forEach(PrefillServer::close);
    }
  }

  private void print(PrintWriter out, int length, Map<Integer, List<Double>> rates) {
    List<Double> alone = rates.get(batches.get(0));
    rates.forEach(
        (batch, own) -> {
          List<Double> ratios = new ArrayList<>();
          for (int round = 0; round < own.size(); round++) {
            ratios.add(own.get(round) / alone.get(round));
          }
          Spread ratio = Spread.of(ratios);
          out.printf(
              Locale.ROOT,
              "| %d tokens | %d | %.1f | %.2f | %.2f to %.2f |%n",
              length,
              batch,
              Spread.of(own).median(),
              ratio.median(),
              ratio.low(),
              ratio.high());
        });
    out.flush();
  }
}
