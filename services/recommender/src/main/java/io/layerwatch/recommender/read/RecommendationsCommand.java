package io.layerwatch.recommender.read;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.runtime.codec.RecommendationCodec;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.topics.Topics;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
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
      "For example, what mergekit users remove, once somebody has looked at it:",
      "  layerwatch recommendations --model demo",
      "  layerwatch recommendations approve --model demo@9b1c2d3e --reviewer ann"
    })
public final class RecommendationsCommand implements Callable<Integer> {

  /** How recommendations are printed. */
  enum Format {
    table,
    json
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--output",
      defaultValue = "table",
      description =
          "What is printed: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. JSON is one line a"
              + " model, with the fields of the topic pruning-recommendations.")
  private Format output;

  @Option(
      names = "--model",
      paramLabel = "NAME[@REVISION]",
      description = "Only this model, one revision of it or all; default all models.")
  private Optional<String> model;

  @Mixin private Connection connection;

  @Override
  public Integer call() {
    Settings settings = connection.settings();
    try (Topics topics = Topics.of(settings);
        RecommendationReader reader = RecommendationReader.open(topics, settings.kafka())) {
      reader.readToEnd();
      List<PruningRecommendation> chosen = chosen(reader.current());
      if (chosen.isEmpty()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("recommendations: none yet; the first comes with the first closed window");
        err.flush();
      }
      print(chosen);
    }
    return 0;
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
    RecommendationCodec codec = new RecommendationCodec();
    Function<PruningRecommendation, String> format =
        output == Format.json
            ? recommendation -> codec.json(recommendation) + System.lineSeparator()
            : RecommendationTable::of;
    PrintWriter out = spec.commandLine().getOut();
    chosen.forEach(recommendation -> out.print(format.apply(recommendation)));
    out.flush();
  }
}
