package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.pruning.PruningCriteria;
import io.layerwatch.instrumentation.evaluate.EvaluationText;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Holds every ranking of a model's layers against measurements: the damage of removing each layer
 * by itself, and what is retained without the lowest share of them.
 */
@Command(
    name = "pruning-study",
    mixinStandardHelpOptions = true,
    description =
        "Hold every ranking of a model's layers against the measured damage of removing them.")
public final class PruningStudy implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Model directory. May be repeated.")
  private List<Path> models;

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "Traffic of every model: a text, or .jsonl of sequences. May be repeated.")
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
    require("--random", random, 1);
    require("--sequences", sequences, 2);
    TorchThreads.configure(1);
    StudyTables tables = new StudyTables(spec.commandLine().getOut());
    List<StudyCase> cases = new ArrayList<>();
    for (Path directory : models) {
      try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(directory))) {
        int length = Math.min(sequenceTokens, model.config().contextLength());
        Study study = new Study(model, count(model), random);
        for (Path file : data) {
          List<int[]> traffic = EvaluationText.read(file, model, length, sequences);
          StudyCase found = study.of(file.getFileName().toString(), traffic);
          tables.print(found);
          cases.add(found);
        }
      }
    }
    if (cases.size() > 1) {
      tables.summarize(cases);
    }
    return 0;
  }

  private void require(String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), option + ": expected " + least + " or more, got " + value);
    }
  }

  private int count(LanguageModel model) {
    int count = PruningCriteria.count(share, model.config().layerCount());
    if (count < 1) {
      throw new ParameterException(
          spec.commandLine(), "--share: expected one layer or more, got " + share);
    }
    return count;
  }
}
