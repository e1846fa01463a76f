package io.layerwatch.recommender;

import io.layerwatch.runtime.process.Commands;
import io.layerwatch.runtime.process.ServiceProcess;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsOptions;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code layerwatch recommend}: the recommender as a process. */
@Command(
    name = "recommend",
    mixinStandardHelpOptions = true,
    description = "Propose layers to prune once their scores stay stable.")
public final class RecommendCommand implements Callable<Integer> {

  @Mixin private SettingsOptions options;

  @Override
  public Integer call() throws InterruptedException {
    Settings settings = Settings.load(RecommenderSettings.define(), options.sources());
    RecommenderSettings own = RecommenderSettings.of(settings);
    return ServiceProcess.run(
        settings,
        (topics, metrics, health, admin) -> {
          Recommender recommender =
              new Recommender(own, settings, Map.of(), topics, metrics, health);
          recommender.serveOn(admin);
          return recommender;
        });
  }

  /** As a process of its own. */
  public static void main(String[] arguments) {
    System.exit(Commands.execute("layerwatch recommend", new RecommendCommand(), arguments));
  }
}
