package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.traffic.TrafficGenerator;
import io.layerwatch.instrumentation.traffic.TrafficShift;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.SettingsOptions;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.standalone.terminal.PlainView;
import io.layerwatch.standalone.terminal.ScreenLog;
import io.layerwatch.standalone.terminal.ScreenView;
import io.layerwatch.standalone.terminal.View;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
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
    requireSense();
    List<PromptLine> prompts =
        options.noTraffic
            ? List.of()
            : PromptLine.read(options.prompts.orElseGet(DemoFiles::prompts));
    List<PromptLine> shifted =
        options.shift.isPresent()
            ? PromptLine.read(options.shiftPrompts.orElseGet(DemoFiles::shiftedPrompts))
            : List.of();
    // The start script knows whether standard output is a terminal; Java does not.
    boolean screen = !options.plain && Boolean.getBoolean("layerwatch.terminal");
    PrintWriter out = spec.commandLine().getOut();
    Health health;
    try (Lifecycle parts = new Lifecycle()) {
      parts.closeOnSignal();
      if (screen) {
        parts.start("log", ScreenLog::divert).announce(out);
      }
      Standalone standalone = new Standalone(sources(), parts);
      health = standalone.health();
      reportOtherPort(standalone, InstrumentationSettings.PORT, "the API", standalone.api());
      reportOtherPort(standalone, CommonSettings.ADMIN_PORT, "metrics", standalone.adminAddress());
      Optional<TrafficGenerator> traffic =
          options.noTraffic
              ? Optional.empty()
              : Optional.of(parts.start("traffic", () -> traffic(standalone, prompts)));
      Around around = new Around(standalone, traffic);
      View view = parts.add("view", view(screen, standalone, around, out));
      parts.add("feed", new ScoreFeed(standalone.topics(), standalone.settings().kafka(), view));
      if (options.shift.isPresent() && traffic.isPresent()) {
        parts.add(
            "shift",
            new TrafficShift(
                traffic.get(), options.shift.get(), shifted, () -> shifted(around, screen, out)));
      }
      if (options.duration.isPresent()) {
        parts.awaitStop(options.duration.get());
      } else {
        parts.awaitStop();
      }
    }
    health.requireSound();
    return 0;
  }

  private void requireSense() {
    if (options.maxTokens < 0) {
      throw new ParameterException(
          spec.commandLine(), "--max-tokens: expected 0 or more, got " + options.maxTokens);
    }
    if (options.shift.isPresent() && options.noTraffic) {
      throw new ParameterException(
          spec.commandLine(), "--shift: expected traffic to shift, got --no-traffic");
    }
    if (options.shiftPrompts.isPresent() && options.shift.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--shift-prompts: expected --shift beside it, got none");
    }
  }

  private static void shifted(Around around, boolean screen, PrintWriter out) {
    around.shifted = true;
    if (!screen) {
      out.println("traffic: from now on other prompts are sent");
      out.flush();
    }
  }

  private SettingsSources sources() {
    Map<String, String> defaults = new HashMap<>(StandaloneSettings.DEFAULTS);
    if (options.model.isEmpty()) {
      defaults.put(VerifierSettings.DATA, String.join(",", evaluationTexts()));
    }
    defaults.put(InstrumentationSettings.PORT, "8000 or any");
    defaults.put(CommonSettings.ADMIN_PORT, "9400 or any");
    Path model = options.model.orElseGet(DemoFiles::model);
    return settings.sources(Standalone.serving(model)).withDefaults(defaults);
  }

  /** Of every kind that will be sent: what is measured on one says little of another. */
  private List<String> evaluationTexts() {
    List<String> texts = new ArrayList<>(List.of(DemoFiles.evaluation().toString()));
    if (options.shift.isPresent() && options.shiftPrompts.isEmpty()) {
      texts.add(DemoFiles.shiftedPrompts().toString());
    }
    return texts;
  }

  private void reportOtherPort(Standalone standalone, String key, String what, URI address) {
    int preferred = standalone.settings().port(key).number();
    if (preferred != 0 && preferred != address.getPort()) {
      spec.commandLine()
          .getErr()
          .println("layerwatch: port %d is taken; %s at %s".formatted(preferred, what, address));
    }
  }

  private static View view(boolean screen, Standalone standalone, Around around, PrintWriter out)
      throws IOException {
    String site = standalone.settings().text(RecommenderSettings.SITE);
    if (screen) {
      return new ScreenView(site, around);
    }
    out.println(
        "serving "
            + standalone.instrumentation().model()
            + " at "
            + around.endpoint()
            + around.page().map(page -> ", live page at " + page).orElse("")
            + ", metrics at "
            + around.metrics()
            + ", Kafka at "
            + around.kafka()
            + ", schema registry at "
            + around.registry());
    out.flush();
    return new PlainView(site, out);
  }

  private TrafficGenerator traffic(Standalone standalone, List<PromptLine> prompts) {
    return new TrafficGenerator(
        standalone.api(),
        standalone.instrumentation().security(),
        prompts,
        new TrafficGenerator.Plan(options.maxTokens, 0.8, 2, Duration.ofMillis(50)));
  }

  /** What the screen shows beside the topics. */
  private static final class Around implements ScreenView.Around {

    private final Standalone standalone;
    private final Optional<TrafficGenerator> traffic;
    private final long startNanos = System.nanoTime();
    private volatile boolean shifted;

    Around(Standalone standalone, Optional<TrafficGenerator> traffic) {
      this.standalone = standalone;
      this.traffic = traffic;
    }

    @Override
    public String serving() {
      return traffic.flatMap(TrafficGenerator::problem).orElseGet(this::rate);
    }

    private String rate() {
      double seconds = (System.nanoTime() - startNanos) / 1e9;
      return Math.round(standalone.instrumentation().requests().tokens() / Math.max(1, seconds))
          + " tokens/s served"
          + (shifted ? ", other prompts now" : "");
    }

    @Override
    public String endpoint() {
      return standalone.api() + "/v1/completions";
    }

    @Override
    public Optional<String> page() {
      return standalone.settings().flag(RecommenderSettings.PAGE)
          ? Optional.of(standalone.adminAddress() + "/")
          : Optional.empty();
    }

    @Override
    public String metrics() {
      return standalone.adminAddress() + "/metrics";
    }

    @Override
    public String kafka() {
      return standalone.broker().bootstrapServers();
    }

    @Override
    public String registry() {
      return standalone.registryUrl();
    }
  }
}
