package io.layerwatch.benchmarks.memory;

import io.layerwatch.instrumentation.InstrumentationSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Whether serving keeps its memory: the whole service under every kind of request, and at equal
 * intervals, while nothing runs, the resident set, the heap, direct memory and the arrays.
 */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = "Serve many requests and tokens, and see whether memory stays flat.")
public final class ServingMemory implements Callable<Integer> {

  private static final String TEMPLATE = "chat_template.jinja";

  @Spec private CommandSpec spec;

  @Option(names = "--model", paramLabel = "DIR", required = true, description = "Model directory.")
  private Path model;

  @Option(
      names = "--tokens",
      defaultValue = "100000",
      description = "Tokens to generate: ${DEFAULT-VALUE}.")
  private long tokens;

  @Option(
      names = "--requests",
      defaultValue = "10000",
      description = "Requests to send: ${DEFAULT-VALUE}.")
  private long requests;

  @Option(
      names = "--samples",
      defaultValue = "20",
      description = "Intervals, after each of which memory is looked at: ${DEFAULT-VALUE}.")
  private int samples;

  @Option(
      names = "--clients",
      defaultValue = "4",
      description = "Clients at the same time: ${DEFAULT-VALUE}.")
  private int clients;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "A setting of the service. May be repeated.")
  private Map<String, String> settings = new LinkedHashMap<>();

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ServingMemory()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Path directory = Files.createTempDirectory("layerwatch-model-");
    try {
      Flatness flatness = measure(withTemplate(directory));
      print("\n" + flatness.verdict());
      return flatness.holds() ? 0 : 1;
    } finally {
      try (Stream<Path> links = Files.list(directory)) {
        for (Path link : links.toList()) {
          Files.delete(link);
        }
      }
      Files.delete(directory);
    }
  }

  /** Links to the model's files, and a chat template where it has none. */
  private Path withTemplate(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(model)) {
      for (Path file : files.toList()) {
        Files.createSymbolicLink(directory.resolve(file.getFileName()), file.toAbsolutePath());
      }
    }
    if (Files.notExists(directory.resolve(TEMPLATE))) {
      Files.writeString(
          directory.resolve(TEMPLATE), "{% for m in messages %}{{ m.content }}{% endfor %}");
    }
    return directory;
  }

  /** The directory of links has a name that nobody knows. */
  private Map<String, String> named() {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.putIfAbsent(
        InstrumentationSettings.MODEL_NAME,
        model.toAbsolutePath().normalize().getFileName().toString());
    return all;
  }

  private Flatness measure(Path directory) {
    print(title());
    print(Sample.HEADER);
    List<Sample> taken = new ArrayList<>();
    try (ServingStack stack = new ServingStack(directory, named());
        Clients asking = new Clients(stack.port(), clients)) {
      for (int i = 0; i <= samples; i++) {
        asking.reach(requests * i / samples, tokens * i / samples);
        Sample sample = Sample.take(asking.requests(), asking.tokens(), stack.openArrays());
        print(sample.row());
        taken.add(sample);
      }
    }
    return new Flatness(taken);
  }

  private String title() {
    return String.format(
        Locale.ROOT,
        "%,d requests of %d kinds by %d clients, %,d tokens; %d processors; Java %s%n",
        requests,
        RequestKind.values().length,
        clients,
        tokens,
        Runtime.getRuntime().availableProcessors(),
        Runtime.version());
  }

  private void print(String line) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(line);
    out.flush();
  }
}
