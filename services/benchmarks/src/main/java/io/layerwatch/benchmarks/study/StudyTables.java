package io.layerwatch.benchmarks.study;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Prints the study in Markdown. */
final class StudyTables {

  /** What the paper claims is retained without a quarter of the layers. */
  private static final double CLAIM = 0.9;

  private final PrintWriter out;

  StudyTables(PrintWriter out) {
    this.out = out;
  }

  void print(StudyCase found) {
    out.printf(
        Locale.ROOT,
        "%n### %s on %s%n%n%d layers; %d tokens scored, %d others measured: %.4f nats, accuracy"
            + " %.4f%n%n",
        found.model(),
        found.traffic(),
        found.damage().size(),
        found.scoredTokens(),
        found.full().tokens(),
        found.full().negativeLogLikelihood(),
        found.full().accuracy());
    printDamage(found.damage());
    out.println("| chosen by | Spearman | removes | accuracy retained | perplexity × |");
    out.println("|---|---|---|---|---|");
    for (Removal removal : found.removals()) {
      out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %.1f %% | %.2f |%n",
          removal.chosenBy(),
          correlation(removal.correlation()),
          removal.layers().stream().map(String::valueOf).collect(Collectors.joining(", ")),
          100 * removal.accuracyRetained(),
          removal.perplexityRatio());
    }
    if (found.untriedSets() > 0) {
      out.printf("%nThe best of all %d sets was not looked for.%n", found.untriedSets());
    }
    out.flush();
  }

  private void printDamage(List<Double> damage) {
    out.println("Damage of removing one layer by itself, nats per token:");
    out.println();
    out.println(
        IntStream.range(0, damage.size())
            .mapToObj(String::valueOf)
            .collect(Collectors.joining(" | ", "| ", " |")));
    out.println("|---".repeat(damage.size()) + "|");
    out.println(
        damage.stream()
            .map(each -> String.format(Locale.ROOT, "%+.3f", each))
            .collect(Collectors.joining(" | ", "| ", " |")));
    out.println();
  }

  /** What is left over all cases that a way to choose took part in. */
  void summarize(List<StudyCase> cases) {
    out.printf("%n### Over all %d%n%n", cases.size());
    out.println(
        "| chosen by | Spearman, mean | lowest | accuracy retained, mean | lowest | ≥ 90 % |");
    out.println("|---|---|---|---|---|---|");
    cases.stream()
        .flatMap(each -> each.removals().stream())
        .map(Removal::chosenBy)
        .distinct()
        .forEach(chosenBy -> summarize(chosenBy, cases));
    out.flush();
  }

  private void summarize(String chosenBy, List<StudyCase> cases) {
    List<Removal> removals =
        cases.stream()
            .flatMap(each -> each.removals().stream())
            .filter(removal -> removal.chosenBy().equals(chosenBy))
            .toList();
    List<Double> correlations =
        removals.stream().flatMap(each -> each.correlation().stream().boxed()).toList();
    List<Double> retained = removals.stream().map(Removal::accuracyRetained).toList();
    out.printf(
        Locale.ROOT,
        "| %s | %s | %s | %.1f %% | %.1f %% | %d of %d |%n",
        chosenBy,
        correlation(mean(correlations)),
        correlation(lowest(correlations)),
        100 * mean(retained).orElseThrow(),
        100 * lowest(retained).orElseThrow(),
        retained.stream().filter(each -> each >= CLAIM).count(),
        retained.size());
  }

  private static OptionalDouble mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average();
  }

  private static OptionalDouble lowest(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).min();
  }

  private static String correlation(OptionalDouble value) {
    return value.isEmpty() ? "" : String.format(Locale.ROOT, "%+.2f", value.getAsDouble());
  }
}
