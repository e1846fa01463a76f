package io.layerwatch.instrumentation.analyze;

import io.layerwatch.analysis.Site;
import io.layerwatch.instrumentation.OfflineOptions;
import io.layerwatch.instrumentation.OfflineOptions.Format;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.PromptLine.InvalidPromptsException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.runtime.process.Progress;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code layerwatch analyze}: the paper's offline use. */
@Command(
    name = "analyze",
    mixinStandardHelpOptions = true,
    description =
        "Run every line of a prompts file through a model, without Kafka, and print the"
            + " statistics and scores of every layer at every site.")
public final class AnalyzeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private OfflineOptions options;

  @Option(
      names = "--prompts",
      required = true,
      paramLabel = "FILE.jsonl",
      description = "One sequence a line: {\"text\": …} or {\"tokens\": […]}.")
  private Path prompts;

  @Option(
      names = "--thresholds",
      split = ",",
      defaultValue = "1e-5,1e-4,1e-3,1e-2,1e-1",
      description = "Near-zero ladder, ascending; default ${DEFAULT-VALUE}.")
  private double[] thresholds;

  @Option(
      names = "--sparsity-threshold",
      defaultValue = "1e-2",
      description = "The rung behind sparsity and AVSS; default ${DEFAULT-VALUE}.")
  private double sparsityThreshold;

  @Override
  public Integer call() {
    checkThresholds();
    options.configure();
    List<PromptLine> lines = PromptLine.read(prompts);
    PrintWriter out = spec.commandLine().getOut();
    try (LanguageModel loaded = options.load()) {
      ActivationProbe probe = new ActivationProbe(List.of(Site.values()), thresholds);
      OfflineAnalysis analysis = new OfflineAnalysis(loaded, probe);
      run(analysis, lines);
      AnalysisReport report = new AnalysisReport(analysis, sparsityThreshold);
      out.println(options.format() == Format.json ? report.json() : report.table());
      out.flush();
    }
    return 0;
  }

  private void run(OfflineAnalysis analysis, List<PromptLine> lines) {
    List<int[]> sequences =
        lines.stream().map(line -> line.encode(analysis.model().tokenizer())).toList();
    for (int i = 0; i < sequences.size(); i++) {
      int number = i + 1;
      analysis
          .model()
          .problemWith(sequences.get(i))
          .ifPresent(
              problem -> {
                throw new InvalidPromptsException(
                    prompts + ": sequence " + number + ": " + problem);
              });
    }
    long tokens = sequences.stream().mapToLong(ids -> ids.length).sum();
    try (Progress progress = Progress.of("analyze", tokens, "tokens")) {
      for (int[] ids : sequences) {
        analysis.add(ids);
        progress.advance(ids.length);
      }
    }
  }

  private void checkThresholds() {
    for (int i = 0; i < thresholds.length; i++) {
      boolean ascending = thresholds[i] > (i == 0 ? 0 : thresholds[i - 1]);
      if (!ascending || Double.isInfinite(thresholds[i])) {
        throw options.wrong(
            "--thresholds: expected positive ascending numbers, got "
                + Arrays.toString(thresholds));
      }
    }
    if (Arrays.stream(thresholds).noneMatch(rung -> rung == sparsityThreshold)) {
      throw options.wrong(
          "--sparsity-threshold: expected one of "
              + Arrays.toString(thresholds)
              + ", got "
              + sparsityThreshold);
    }
  }
}
