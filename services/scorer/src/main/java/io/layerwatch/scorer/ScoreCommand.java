package io.layerwatch.scorer;

import io.layerwatch.runtime.process.Commands;
import io.layerwatch.runtime.process.ServiceProcess;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerwatch score}: the scorer as a process. */
@Command(
    name = "score",
    mixinStandardHelpOptions = true,
    description = "Merge activation summaries into windows and score every layer.")
public final class ScoreCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = Settings.load(ScorerSettings.define(), options.sources());
    ScorerSettings own = ScorerSettings.of(settings);
    return ServiceProcess.run(
        settings,
        (topics, metrics, health, admin) ->
            new Scorer(own, settings, Map.of(), topics, metrics, health));
  }

  /** As a process of its own. */
  public static void main(String[] arguments) {
    System.exit(Commands.execute("layerwatch score", new ScoreCommand(), arguments));
  }
}
