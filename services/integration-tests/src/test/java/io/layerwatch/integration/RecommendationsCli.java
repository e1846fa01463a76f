package io.layerwatch.integration;

import io.layerwatch.recommender.read.RecommendationsCommand;
import io.layerwatch.runtime.process.CommandErrors;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/**
 * {@code layerwatch recommendations} on the command line.
 *
 * @param settings where a deployment is
 */
record RecommendationsCli(Settings settings) {

  /** What a command printed, and how it ended. */
  record Outcome(int code, String out, String err) {}

  /** Lists with these options. */
  Outcome list(String... options) {
    return connected(List.of(), List.of(options));
  }

  /** Ann approves or discards. */
  Outcome review(String verb, String model, String... options) {
    List<String> all = new ArrayList<>(List.of("--model", model, "--reviewer", "ann"));
    all.addAll(List.of(options));
    return connected(List.of(verb), all);
  }

  private Outcome connected(List<String> verb, List<String> options) {
    List<String> arguments = new ArrayList<>(verb);
    connect(arguments, options, "--bootstrap-servers", CommonSettings.BOOTSTRAP_SERVERS);
    connect(arguments, options, "--schema-registry", CommonSettings.SCHEMA_REGISTRY_URL);
    arguments.addAll(options);
    return execute(arguments.toArray(String[]::new));
  }

  private void connect(List<String> arguments, List<String> options, String option, String key) {
    if (!options.contains(option)) {
      arguments.addAll(List.of(option, settings.text(key)));
    }
  }

  /** With these words and no others. */
  static Outcome execute(String... arguments) {
    return execute(new RecommendationsCommand(), arguments);
  }

  /** Another command. */
  static Outcome execute(Callable<Integer> command, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(command)
            .setExecutionExceptionHandler(new CommandErrors())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments);
    return new Outcome(code, out.toString(), err.toString());
  }
}
