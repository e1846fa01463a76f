package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentCommand;
import io.layerwatch.instrumentation.analyze.AnalyzeCommand;
import io.layerwatch.instrumentation.evaluate.EvaluateCommand;
import io.layerwatch.instrumentation.prune.PruneCommand;
import io.layerwatch.instrumentation.traffic.TrafficCommand;
import io.layerwatch.instrumentation.train.TrainCommand;
import io.layerwatch.recommender.RecommendCommand;
import io.layerwatch.recommender.read.RecommendationsCommand;
import io.layerwatch.runtime.alerts.AlertsCommand;
import io.layerwatch.runtime.process.Commands;
import io.layerwatch.scorer.ScoreCommand;
import io.layerwatch.scorer.replay.ReplayCommand;
import io.layerwatch.scorer.size.SizeCommand;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code layerwatch} command. */
@Command(
    name = "layerwatch",
    mixinStandardHelpOptions = true,
    versionProvider = Layerwatch.Version.class,
    description = "What every transformer layer does on your production traffic, live.",
    subcommands = {
      StandaloneCommand.class,
      InstrumentCommand.class,
      ScoreCommand.class,
      ReplayCommand.class,
      RecommendCommand.class,
      RecommendationsCommand.class,
      AnalyzeCommand.class,
      EvaluateCommand.class,
      PruneCommand.class,
      TrainCommand.class,
      TrafficCommand.class,
      AlertsCommand.class,
      SizeCommand.class,
      HelpCommand.class
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "1:failed; standard error says why",
      "2:wrong usage or settings; standard error lists every problem",
      "130, 143:stopped by Ctrl-C, or by SIGTERM"
    })
public final class Layerwatch implements Callable<Integer> {

  @Spec private CommandSpec spec;

  /** Without a command, says which there are. */
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE;
  }

  /** The version in the manifest that Maven writes. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Layerwatch.class.getPackage().getImplementationVersion();
      return new String[] {"layerwatch " + Optional.ofNullable(version).orElse("(not packaged)")};
    }
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(execute(arguments));
  }

  static int execute(String... arguments) {
    return Commands.execute("layerwatch", new Layerwatch(), arguments);
  }
}
