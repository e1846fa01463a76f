package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.instrumentation.analyze.OfflineAnalysis;
import io.layerwatch.instrumentation.evaluate.EvaluationText;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.probe.ActivationProbe;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Holds every ranking of a model's layers against measurements: the damage of removing each layer
 * by itself, and what is retained without the lowest share of them. Every other sequence of the
 * traffic gives the scores, the rest the measurements.
 */
@Command(
    name = "pruning-study",
    mixinStandardHelpOptions = true,
    description =
        "Hold every ranking of a model's layers against the measured damage of removing them.")
public final class PruningStudy implements Callable<Integer> {

  private static final double[] THRESHOLDS = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final double THRESHOLD = 1e-2;
  private static final int MOST_SETS = 1_000;

  @Spec private CommandSpec spec;

  @Option(names = "--model", paramLabel = "DIR", required = true, description = "Model directory.")
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "Traffic: a text, or .jsonl of sequences. May be repeated.")
  private List<Path> data;

  @Option(
      names = "--sequences",
      defaultValue = "64",
      description = "Sequences of each file at most, from its beginning: ${DEFAULT-VALUE}.")
  private int sequences;

  @Option(
      names = "--sequence-tokens",
      defaultValue = "256",
      description = "Tokens of a sequence at most, as far as the context goes: ${DEFAULT-VALUE}.")
  private int sequenceTokens;

  @Option(
      names = "--share",
      defaultValue = "0.25",
      description = "Share of the layers to remove, as a count rounded down: ${DEFAULT-VALUE}.")
  private double share;

  @Option(
      names = "--random",
      defaultValue = "20",
      description = "Random removals to take the mean of: ${DEFAULT-VALUE}.")
  private int random;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new PruningStudy()).execute(arguments));
  }

  @Override
  public Integer call() {
    TorchThreads.configure(1);
    try (LanguageModel loaded = LanguageModel.load(LanguageModel.Source.of(model))) {
      int count = (int) (share * loaded.config().layerCount());
      if (count < 1) {
        throw new ParameterException(
            spec.commandLine(), "--share: expected one layer or more, got " + share);
      }
      for (Path file : data) {
        study(loaded, file, count);
      }
    }
    return 0;
  }

  private void study(LanguageModel loaded, Path file, int count) {
    int length = Math.min(sequenceTokens, loaded.config().contextLength());
    List<int[]> all = EvaluationText.read(file, loaded, length, sequences);
    OfflineAnalysis analysis =
        new OfflineAnalysis(loaded, new ActivationProbe(List.of(Site.values()), THRESHOLDS));
    List<int[]> kept = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (i % 2 == 0) {
        analysis.add(all.get(i));
      } else {
        kept.add(all.get(i));
      }
    }
    RemovalMeasurements measurements = new RemovalMeasurements(loaded, kept);
    int layers = loaded.config().layerCount();
    List<List<Integer>> single = IntStream.range(0, layers).mapToObj(List::of).toList();
    measurements.measure("single layers", single);
    List<StudiedRanking> rankings = StudiedRanking.of(analysis, THRESHOLD);
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%n### %s on %s%n%n%d layers; %d tokens scored, %d measured: %.4f nats, accuracy %.4f%n%n",
        loaded.id().name(),
        file.getFileName(),
        layers,
        analysis.tokens(),
        measurements.full().tokens(),
        measurements.full().negativeLogLikelihood(),
        measurements.full().accuracy());
    printDamage(out, single, measurements);
    printRankings(out, rankings, single, measurements, count);
    out.flush();
  }

  private static void printDamage(
      PrintWriter out, List<List<Integer>> single, RemovalMeasurements measurements) {
    out.println("Damage of removing one layer, in nats per token:");
    out.println();
    for (List<Integer> layer : single) {
      out.printf(Locale.ROOT, "| %d ", layer.get(0));
    }
    out.println("|");
    out.println("|---".repeat(single.size()) + "|");
    for (List<Integer> layer : single) {
      out.printf(Locale.ROOT, "| %+.3f ", measurements.damage(layer));
    }
    out.println("|");
    out.println();
  }

  private void printRankings(
      PrintWriter out,
      List<StudiedRanking> rankings,
      List<List<Integer>> single,
      RemovalMeasurements measurements,
      int count) {
    double[] damage = single.stream().mapToDouble(measurements::damage).toArray();
    Map<String, List<Integer>> sets = new LinkedHashMap<>();
    rankings.forEach(ranking -> sets.put(ranking.label(), ranking.lowest(count)));
    int layers = single.size();
    sets.put("the least harmful taken alone", new StudiedRanking("", damage).lowest(count));
    sets.put("the last", IntStream.range(layers - count, layers).boxed().toList());
    measurements.measure("rankings", sets.values());
    out.println("| ranking | Spearman with damage | removes | accuracy retained | perplexity × |");
    out.println("|---|---|---|---|---|");
    for (StudiedRanking ranking : rankings) {
      print(
          out,
          ranking.label(),
          String.format(Locale.ROOT, "%+.2f", RankCorrelation.of(ranking.scores(), damage)),
          measurements.effect(sets.get(ranking.label())));
    }
    for (String label : List.of("the least harmful taken alone", "the last")) {
      print(out, label, "", measurements.effect(sets.get(label)));
    }
    printRandom(out, measurements, layers, count);
    printBest(out, measurements, layers, count);
  }

  private void printRandom(
      PrintWriter out, RemovalMeasurements measurements, int layers, int count) {
    Random drawn = new Random(1);
    List<List<Integer>> sets = new ArrayList<>();
    for (int i = 0; i < random; i++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, layers).boxed().toList());
      Collections.shuffle(order, drawn);
      sets.add(order.subList(0, count).stream().sorted().toList());
    }
    measurements.measure("random removals", sets);
    out.printf(
        Locale.ROOT,
        "| at random, mean of %d | | | %.1f %% | %.2f |%n",
        random,
        100
            * sets.stream()
                .mapToDouble(set -> measurements.effect(set).accuracyRetained())
                .average()
                .orElse(Double.NaN),
        sets.stream()
            .mapToDouble(set -> measurements.effect(set).perplexityRatio())
            .average()
            .orElse(Double.NaN));
  }

  private static void printBest(
      PrintWriter out, RemovalMeasurements measurements, int layers, int count) {
    List<List<Integer>> sets = Subsets.of(layers, count);
    if (sets.size() > MOST_SETS) {
      out.printf(
          Locale.ROOT,
          "| the best of all %d sets | | not measured: more than %d | | |%n",
          sets.size(),
          MOST_SETS);
      return;
    }
    measurements.measure("all sets", sets);
    PruningEffect best =
        sets.stream()
            .map(measurements::effect)
            .max(Comparator.comparingDouble(PruningEffect::accuracyRetained))
            .orElseThrow();
    print(out, "the best of all " + sets.size() + " sets", "", best);
  }

  private static void print(
      PrintWriter out, String label, String correlation, PruningEffect effect) {
    out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %.1f %% | %.2f |%n",
        label,
        correlation,
        effect.layers().toString().replaceAll("[\\[\\]]", ""),
        100 * effect.accuracyRetained(),
        effect.perplexityRatio());
  }
}
