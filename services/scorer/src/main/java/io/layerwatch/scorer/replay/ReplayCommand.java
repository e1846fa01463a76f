package io.layerwatch.scorer.replay;

import io.layerwatch.runtime.codec.ScoresCodec;
import io.layerwatch.runtime.settings.SettingsOptions;
import io.layerwatch.runtime.topics.Topics;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code layerwatch replay}: scores of the past, anew. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    description =
        "Score a past range of time anew from the summaries that Kafka still holds, say for"
            + " another window or threshold, and print the windows or publish them to a topic of"
            + " their own. Nothing live is touched. What was late then is included.",
    footer = {
      "",
      "For example, the last two hours at another threshold:",
      "  layerwatch replay --from 2h --set scorer.sparsity.threshold=0.001"
    })
public final class ReplayCommand implements Callable<Integer> {

  /** How windows are printed. */
  enum Format {
    table,
    json
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--from",
      required = true,
      paramLabel = "TIME",
      description =
          "Where to begin: a time such as 2026-01-31T12:00:00Z, or how long ago it is, such as 2h."
              + " The range is rounded outwards to whole windows.")
  private String from;

  @Option(
      names = "--to",
      defaultValue = "now",
      paramLabel = "TIME",
      description =
          "Where to end, likewise; default ${DEFAULT-VALUE}. Windows that may still be open are"
              + " left out.")
  private String to;

  @Option(
      names = "--model",
      paramLabel = "NAME@REVISION",
      description = "Only this model; default all.")
  private Optional<String> model;

  @Option(names = "--site", paramLabel = "SITE", description = "Only this site; default all.")
  private Optional<String> site;

  @Option(
      names = "--output",
      defaultValue = "-",
      paramLabel = "-|topic:NAME",
      description =
          "- prints to standard output; topic:NAME publishes to a topic that is created or holds"
              + " nothing yet, all windows or none. Default ${DEFAULT-VALUE}.")
  private String output;

  @Option(
      names = "--format",
      defaultValue = "table",
      description =
          "What is printed: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}. JSON is one line a"
              + " window, with the fields of the topic layer-scores.")
  private Format format;

  @Mixin private SettingsOptions options;

  @Override
  public Integer call() {
    Instant now = Instant.now();
    ReplayPlan plan =
        ReplayPlan.of(new ReplayPlan.Given(from, to, model, site, output), options.sources(), now);
    PrintWriter err = spec.commandLine().getErr();
    plan.notes().forEach(note -> say(err, note));
    ReplayTally tally = new ReplayTally();
    try (Topics topics = Topics.of(plan.settings())) {
      ScoresOutput scores = output(plan, topics);
      scores.check();
      Replay replay = new Replay(plan, topics, tally, now, Runtime.getRuntime().maxMemory());
      replay.read();
      scores.write(replay.close());
    } finally {
      tally.examples().forEach(example -> say(err, example));
      if (tally.read() > 0) {
        say(err, tally.toString());
      }
    }
    return 0;
  }

  private static void say(PrintWriter err, String line) {
    err.println("replay: " + line);
    err.flush();
  }

  private ScoresOutput output(ReplayPlan plan, Topics topics) {
    if (plan.topic().isPresent()) {
      return new ScoresTopic(topics, plan.settings(), plan.topic().get());
    }
    ScoresCodec codec = new ScoresCodec();
    return new ScoresPrinter(
        spec.commandLine().getOut(),
        format == Format.json
            ? scores -> codec.json(scores) + System.lineSeparator()
            : ScoresTable::of);
  }
}
