package io.layerwatch.scorer.size;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.layerwatch.runtime.settings.DurationConverter;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code layerwatch size}: what a deployment needs. */
@Command(
    name = "size",
    mixinStandardHelpOptions = true,
    description =
        "Reckon what a deployment needs, at measured costs: records and bytes on each topic,"
            + " partitions, scorers, memory, and what limits it.",
    footer = {"", "For example:", "  layerwatch size --layers 80 --replicas 100 --flush 5s"})
public final class SizeCommand implements Callable<Integer> {

  /** How it is printed. */
  enum Output {
    text,
    json
  }

  @Spec private CommandSpec spec;

  @Option(names = "--models", defaultValue = "1", description = "Models: ${DEFAULT-VALUE}.")
  private int models;

  @Option(names = "--sites", defaultValue = "3", description = "Sites: ${DEFAULT-VALUE}.")
  private int sites;

  @Option(names = "--layers", required = true, description = "Layers of a model.")
  private int layers;

  @Option(names = "--replicas", required = true, description = "Instances that serve each model.")
  private int replicas;

  @Option(
      names = "--flush",
      defaultValue = "1s",
      converter = DurationConverter.class,
      description = "instrumentation.flush.interval: ${DEFAULT-VALUE}.")
  private Duration flush;

  @Option(
      names = "--window",
      defaultValue = "1m",
      converter = DurationConverter.class,
      description = "scorer.window.size: ${DEFAULT-VALUE}.")
  private Duration window;

  @Option(
      names = "--grace",
      defaultValue = "30s",
      converter = DurationConverter.class,
      description = "scorer.window.grace: ${DEFAULT-VALUE}.")
  private Duration grace;

  @Option(
      names = "--retention",
      defaultValue = "7d",
      converter = DurationConverter.class,
      description = "topics.retention: ${DEFAULT-VALUE}.")
  private Duration retention;

  @Option(
      names = "--replication",
      defaultValue = "3",
      description = "Replicas of topics and changelogs: ${DEFAULT-VALUE}.")
  private int replication;

  @Option(
      names = "--threads",
      defaultValue = "4",
      description = "Stream threads of each scorer process: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--share",
      defaultValue = "0.5",
      description =
          "Share of a thread's measured rate to plan with, so that a backlog is worked off, too:"
              + " ${DEFAULT-VALUE}.")
  private double share;

  @Option(
      names = "--output",
      defaultValue = "text",
      description = "How it is printed: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Output output;

  @Override
  public Integer call() throws JsonProcessingException {
    Load load =
        new Load(
            models,
            sites,
            layers,
            replicas,
            flush,
            window,
            grace,
            retention,
            replication,
            threads,
            share);
    List<String> problems = load.problems();
    CommandLine command = spec.commandLine();
    if (!problems.isEmpty()) {
      throw new ParameterException(command, String.join("; ", problems));
    }
    Sizing sizing = new Sizing(load, Costs.measured());
    PrintWriter out = command.getOut();
    out.print(output == Output.json ? json(sizing) : SizingText.table(sizing));
    out.flush();
    return 0;
  }

  private static String json(Sizing sizing) throws JsonProcessingException {
    return new ObjectMapper()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .writeValueAsString(SizingText.json(sizing))
        + System.lineSeparator();
  }
}
