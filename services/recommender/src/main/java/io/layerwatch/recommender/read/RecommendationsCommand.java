package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.export.ExportFormat;
import io.layerwatch.runtime.codec.RecommendationCodec;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code layerwatch recommendations}: where every model's advice stands. */
@Command(
    name = "recommendations",
    mixinStandardHelpOptions = true,
    description =
        "Print the current recommendation of every model, with its evidence. Options of approve"
            + " and discard are written behind those words.",
    subcommands = {ReviewCommand.Approve.class, ReviewCommand.Discard.class},
    footer = {
      "",
      "For example, what mergekit removes, once somebody has looked at it:",
      "  layerwatch recommendations --model demo",
      "  layerwatch recommendations approve --model demo@9b1c2d3e --reviewer ann",
      "  layerwatch recommendations --model demo@9b1c2d3e --output mergekit"
    })
public final class RecommendationsCommand implements Callable<Integer> {

  /** How recommendations are printed. */
  enum Format {
    table,
    json,
    mergekit,
    modelopt,
    nemo,
    huggingface;

    /** What a tool takes, for the formats that are one's. */
    Optional<ExportFormat> export() {
      return switch (this) {
        case table, json -> Optional.empty();
        case mergekit -> Optional.of(ExportFormat.MERGEKIT);
        case modelopt -> Optional.of(ExportFormat.MODELOPT);
        case nemo -> Optional.of(ExportFormat.NEMO);
        case huggingface -> Optional.of(ExportFormat.HUGGINGFACE);
      };
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      defaultValue = "table",
      description =
          "What is printed: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. JSON is one line a"
              + " model, with the fields of the topic pruning-recommendations. The others are what"
              + " those tools remove the layers of one verified model with.")
  private Format output;

  @Option(
      names = "--model",
      paramLabel = "NAME[@REVISION]",
      description = "Only this model, one revision of it or all; default all models.")
  private Optional<String> model;

  @Option(
      names = "--timeout",
      defaultValue = "10s",
      paramLabel = "TIME",
      description = "How long all of it may take; default ${DEFAULT-VALUE}.")
  private String timeout;

  @Mixin private Connection connection;

  @Override
  public Integer call() {
    List<String> problems = new ArrayList<>();
    Optional<Settings> settings = Problems.gather(problems, connection::settings);
    Optional<Duration> time = Waiting.timeout(problems, timeout);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    Waiting waiting = new Waiting(settings.orElseThrow(), time.orElseThrow(), this::say);
    List<PruningRecommendation> chosen =
        chosen(waiting.until(() -> read(settings.orElseThrow(), waiting)));
    if (chosen.isEmpty()) {
      say("none yet; the first comes with the first closed window");
    }
    print(chosen);
    return 0;
  }

  private static SortedMap<String, PruningRecommendation> read(Settings settings, Waiting waiting) {
    try (Topics topics = Topics.of(settings);
        RecommendationReader reader =
            RecommendationReader.open(topics, settings.kafka(), waiting.forAnAnswer())) {
      waiting.on(reader.addresses());
      reader.readToEnd();
      return reader.current();
    }
  }

  private void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println("recommendations: " + line);
    err.flush();
  }

  private List<PruningRecommendation> chosen(SortedMap<String, PruningRecommendation> current) {
    List<PruningRecommendation> chosen =
        current.values().stream()
            .filter(
                each ->
                    model.isEmpty()
                        || model.get().equals(each.model().key())
                        || model.get().equals(each.model().name()))
            .toList();
    if (chosen.isEmpty() && model.isPresent()) {
      throw unknown(model.get(), current);
    }
    return chosen;
  }

  static ReadingException unknown(String model, SortedMap<String, ?> current) {
    return new ReadingException(
        model
            + ": no recommendation of that model; there are some of "
            + (current.isEmpty() ? "none" : String.join(", ", current.keySet())));
  }

  private void print(List<PruningRecommendation> chosen) {
    PrintWriter out = spec.commandLine().getOut();
    if (output.export().isPresent()) {
      out.print(export(chosen, output.export().get()));
    } else {
      chosen.forEach(recommendation -> out.print(text(recommendation)));
    }
    out.flush();
  }

  private String text(PruningRecommendation recommendation) {
    return output == Format.json
        ? new RecommendationCodec().json(recommendation) + System.lineSeparator()
        : RecommendationTable.of(recommendation);
  }

  private static String export(List<PruningRecommendation> chosen, ExportFormat format) {
    if (chosen.size() != 1) {
      throw new ReadingException(
          "--model: expected one model to export, got "
              + (chosen.isEmpty()
                  ? "none"
                  : chosen.stream()
                      .map(each -> each.model().key())
                      .collect(Collectors.joining(", "))));
    }
    return VerifiedExport.of(chosen.get(0), format)
        .orElseThrow(() -> new ReadingException(VerifiedExport.refusal(chosen.get(0))));
  }
}
