package io.layerwatch.instrumentation;

import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Commands;
import io.layerwatch.runtime.process.ServiceProcess;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsOptions;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code layerwatch instrument}: serves a model and publishes what its layers do. */
@Command(
    name = "instrument",
    mixinStandardHelpOptions = true,
    description = "Serve a model over HTTP and publish its layers' activation summaries.")
public final class InstrumentCommand implements Callable<Integer> {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model directory; the same as --set model.directory=DIR.")
  private Optional<Path> model = Optional.empty();

  @Mixin private SettingsOptions options;

  @Override
  public Integer call() throws InterruptedException {
    Map<String, String> given =
        model
            .map(dir -> Map.of(InstrumentationSettings.MODEL_DIRECTORY, dir.toString()))
            .orElse(Map.of());
    Settings settings = Settings.load(InstrumentationSettings.define(), options.sources(given));
    InstrumentationSettings own = own(settings);
    Instrumentation.prepare(own);
    return ServiceProcess.run(
        settings,
        (topics, metrics, health, admin) -> {
          Instrumentation service =
              new Instrumentation(own, topics, settings.kafka(), metrics, Clock.systemUTC());
          service.serveOn(admin);
          return service;
        });
  }

  /** Those of the admin port are read with it; here only for their problems. */
  private static InstrumentationSettings own(Settings settings) {
    Set<String> problems = new LinkedHashSet<>();
    var own = Problems.gather(problems, () -> InstrumentationSettings.of(settings));
    var unused = Problems.gather(problems, () -> AdminServer.security(settings));
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(List.copyOf(problems));
    }
    return own.orElseThrow();
  }

  /** As a process of its own. */
  public static void main(String[] arguments) {
    System.exit(Commands.execute("layerwatch instrument", new InstrumentCommand(), arguments));
  }
}
