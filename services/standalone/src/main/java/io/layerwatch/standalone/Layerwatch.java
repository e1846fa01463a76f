package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentCommand;
import io.layerwatch.instrumentation.analyze.AnalyzeCommand;
import io.layerwatch.instrumentation.train.TrainCommand;
import io.layerwatch.recommender.RecommendCommand;
import io.layerwatch.runtime.process.CommandErrors;
import io.layerwatch.scorer.ScoreCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code layerwatch} command. */
@Command(
    name = "layerwatch",
    mixinStandardHelpOptions = true,
    version = "layerwatch 0.1.0-SNAPSHOT",
    description = "What every transformer layer does on your production traffic, live.",
    subcommands = {
      StandaloneCommand.class,
      InstrumentCommand.class,
      ScoreCommand.class,
      RecommendCommand.class,
      AnalyzeCommand.class,
      TrainCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done, or stopped as asked",
      "1:failed; standard error says why",
      "2:wrong usage or settings; standard error lists every problem"
    })
public final class Layerwatch implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    return new CommandLine(new Layerwatch())
        .setExecutionExceptionHandler(new CommandErrors())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .execute(arguments);
  }
}
