package io.layerwatch.standalone;

import io.layerwatch.runtime.settings.DurationConverter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of {@code layerwatch standalone}. */
final class StandaloneOptions {

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "Model directory to serve; by default the demo model.")
  Optional<Path> model = Optional.empty();

  @Option(
      names = "--prompts",
      paramLabel = "FILE",
      description =
          "Prompts to send, {\"text\": …} or {\"tokens\": […]} a line; by default the demo's.")
  Optional<Path> prompts = Optional.empty();

  @Option(
      names = "--plain",
      description = "Print lines instead of drawing a screen: for pipes and logs.")
  boolean plain;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Stop by itself after that time, such as 90s.")
  Optional<Duration> duration = Optional.empty();

  @Option(
      names = "--max-tokens",
      defaultValue = "24",
      description = "Tokens to generate for each prompt; default ${DEFAULT-VALUE}.")
  int maxTokens;

  @Option(
      names = "--no-traffic",
      description = "Send no prompts; only what you send yourself is served.")
  boolean noTraffic;

  @Option(
      names = "--shift",
      paramLabel = "TIME",
      arity = "0..1",
      fallbackValue = "2m",
      converter = DurationConverter.class,
      description =
          "Send other prompts after that time, to see what becomes of a recommendation when"
              + " traffic changes; without a time ${FALLBACK-VALUE}.")
  Optional<Duration> shift = Optional.empty();

  @Option(
      names = "--shift-prompts",
      paramLabel = "FILE",
      description = "Prompts to send after --shift; by default the demo's.")
  Optional<Path> shiftPrompts = Optional.empty();
}
