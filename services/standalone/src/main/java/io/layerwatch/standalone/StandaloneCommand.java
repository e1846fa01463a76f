package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsOptions;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.standalone.terminal.PlainView;
import io.layerwatch.standalone.terminal.ScoreFeed;
import io.layerwatch.standalone.terminal.ScreenView;
import io.layerwatch.standalone.terminal.View;
import io.layerwatch.standalone.traffic.TrafficGenerator;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code layerwatch standalone}: the whole loop in one process. */
@Command(
    name = "standalone",
    mixinStandardHelpOptions = true,
    description =
        "Run the whole loop in this process: a Kafka broker, a schema registry, the three"
            + " services, prompts to serve, and a live view of every layer.")
public final class StandaloneCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private StandaloneOptions options;

  @Mixin private SettingsOptions settings;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path model = options.model.orElseGet(DemoFiles::model);
    List<PromptLine> prompts =
        options.noTraffic
            ? List.of()
            : PromptLine.read(options.prompts.orElseGet(DemoFiles::prompts));
    // The start script knows whether standard output is a terminal; Java does not.
    boolean screen = !options.plain && Boolean.getBoolean("layerwatch.terminal");
    PrintWriter out = spec.commandLine().getOut();
    if (screen) {
      Path log = Files.createTempFile("layerwatch-", ".log");
      out.println("starting …  (log: " + log + ")");
      out.flush();
      // Log lines would tear the screen; logback looks System.err up at every line.
      System.setErr(new PrintStream(log.toFile(), StandardCharsets.UTF_8));
    }
    TorchThreads.configure(1);
    try (Standalone standalone = new Standalone(sources(model))) {
      standalone.parts().closeOnSignal();
      View view = view(screen, standalone, out);
      standalone.add("view", view);
      standalone.add(
          "feed", new ScoreFeed(standalone.topics(), standalone.settings().kafka(), view));
      if (!options.noTraffic) {
        standalone.add("traffic", traffic(standalone, prompts));
      }
      if (options.duration.isPresent()) {
        standalone.parts().awaitStop(options.duration.get());
      } else {
        standalone.parts().awaitStop();
      }
    }
    return 0;
  }

  private SettingsSources sources(Path model) {
    Map<String, String> defaults = new HashMap<>(StandaloneSettings.DEFAULTS);
    defaults.put(InstrumentationSettings.PORT, Integer.toString(Ports.freeOrAny(8000)));
    defaults.put(CommonSettings.ADMIN_PORT, Integer.toString(Ports.freeOrAny(9400)));
    return settings.sources(Standalone.serving(model)).withDefaults(defaults);
  }

  private static View view(boolean screen, Standalone standalone, PrintWriter out)
      throws IOException {
    String site = standalone.settings().text(RecommenderSettings.SITE);
    Around around = new Around(standalone);
    if (screen) {
      return new ScreenView(site, around);
    }
    out.println(
        "serving "
            + standalone.instrumentation().model()
            + " at "
            + around.endpoint()
            + ", metrics at "
            + around.metrics()
            + ", Kafka at "
            + standalone.broker().bootstrapServers()
            + ", schema registry at "
            + standalone.registryUrl());
    out.flush();
    return new PlainView(site, out);
  }

  private TrafficGenerator traffic(Standalone standalone, List<PromptLine> prompts) {
    return new TrafficGenerator(
        standalone.api(),
        prompts,
        new TrafficGenerator.Plan(options.maxTokens, 0.8, 2, Duration.ofMillis(50)));
  }

  /** What the screen shows beside the topics. */
  private static final class Around implements ScreenView.Around {

    private final Standalone standalone;
    private final long startNanos = System.nanoTime();

    Around(Standalone standalone) {
      this.standalone = standalone;
    }

    @Override
    public String serving() {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      return Math.round(standalone.instrumentation().requests().tokens() / Math.max(1, seconds))
          + " tokens/s served";
    }

    @Override
    public String endpoint() {
      return standalone.api() + "/v1/completions";
    }

    @Override
    public String metrics() {
      return standalone.adminAddress() + "/metrics";
    }
  }
}
