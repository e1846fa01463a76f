package io.layerwatch.instrumentation.traffic;

import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.runtime.process.Commands;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.runtime.security.ServerAccess;
import io.layerwatch.runtime.settings.DurationConverter;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code layerwatch traffic}: prompts for an endpoint that nobody else asks. */
@Command(
    name = "traffic",
    mixinStandardHelpOptions = true,
    description =
        "Send the prompts of a file to POST /v1/completions of a server, over and over, until"
            + " stopped; after --shift those of another file.")
public final class TrafficCommand implements Callable<Integer> {

  private static final double TEMPERATURE = 0.8;

  @Spec private CommandSpec spec;

  @Option(
      names = "--url",
      required = true,
      paramLabel = "URL",
      description = "Base address of the server, such as http://127.0.0.1:8000.")
  private URI url;

  @Option(
      names = "--prompts",
      required = true,
      paramLabel = "FILE",
      description = "Prompts to send, {\"text\": …} or {\"tokens\": […]} a line.")
  private Path prompts;

  @Option(
      names = "--shift",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Send those of --shift-prompts after that time, such as 2m.")
  private Optional<Duration> shift = Optional.empty();

  @Option(
      names = "--shift-prompts",
      paramLabel = "FILE",
      description = "Prompts to send after --shift.")
  private Optional<Path> shiftPrompts = Optional.empty();

  @Option(
      names = "--max-tokens",
      defaultValue = "24",
      description = "Tokens to ask for with each prompt; default ${DEFAULT-VALUE}.")
  private int maxTokens;

  @Option(
      names = "--clients",
      defaultValue = "2",
      description = "Requests at a time; default ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--pause",
      defaultValue = "50ms",
      paramLabel = "TIME",
      converter = DurationConverter.class,
      description = "Pause of each client between two requests; default ${DEFAULT-VALUE}.")
  private Duration pause;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "File with the server's API key in its first line.")
  private Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "PEM file with the authorities to trust, instead of the JVM's.")
  private Optional<Path> authorities = Optional.empty();

  @Override
  public Integer call() throws InterruptedException {
    requireSense();
    List<PromptLine> first = PromptLine.read(prompts);
    List<PromptLine> others = shiftPrompts.map(PromptLine::read).orElse(List.of());
    ServerAccess access = access();
    Optional<String> problem;
    try (Lifecycle parts = new Lifecycle()) {
      parts.closeOnSignal();
      TrafficGenerator traffic =
          parts.start(
              "traffic",
              () ->
                  new TrafficGenerator(
                      url,
                      access,
                      first,
                      new TrafficGenerator.Plan(maxTokens, TEMPERATURE, clients, pause)));
      print("traffic: the prompts of " + prompts + " are sent to " + url);
      shift(traffic, others, parts);
      parts.awaitStop();
      problem = traffic.problem();
    }
    problem.ifPresent(
        why -> {
          throw new StartException("nothing is left to send: " + why);
        });
    return 0;
  }

  /** Ends it all once nothing is left to send, now or after the shift. */
  private void shift(TrafficGenerator traffic, List<PromptLine> others, Lifecycle parts) {
    AtomicBoolean last = new AtomicBoolean(shift.isEmpty());
    traffic.onProblem(
        () -> {
          if (last.get()) {
            parts.requestStop();
          }
        });
    shift.ifPresent(
        after ->
            parts.add(
                "shift",
                new TrafficShift(
                    traffic,
                    after,
                    others,
                    () -> {
                      print("traffic: from now on other prompts are sent");
                      last.set(true);
                      traffic.problem().ifPresent(why -> parts.requestStop());
                    })));
  }

  private ServerAccess access() {
    try {
      return ServerAccess.read(tokenFile, authorities);
    } catch (InvalidSettingsException e) {
      // Files that options name are no usage.
      throw new StartException(String.join("; ", e.problems()), e);
    }
  }

  private void requireSense() {
    if (url.toString().contains("@")) {
      // Not shown, since it is printed and logged; nor sent, since nobody reads it.
      throw refused("--url: expected no user and password; --token-file has an API key");
    }
    if (shift.isPresent() != shiftPrompts.isPresent()) {
      throw refused("--shift, --shift-prompts: expected both or none, got one of them");
    }
    if (maxTokens < 0) {
      throw refused("--max-tokens: expected 0 or more, got " + maxTokens);
    }
    if (clients < 1) {
      throw refused("--clients: expected 1 or more, got " + clients);
    }
    if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
      throw refused("--url: expected one such as http://127.0.0.1:8000, got \"" + url + "\"");
    }
  }

  private ParameterException refused(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }

  /** As a process of its own. */
  public static void main(String[] arguments) {
    System.exit(Commands.execute("layerwatch traffic", new TrafficCommand(), arguments));
  }
}
