package io.layerwatch.benchmarks.startup;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.launch.Launcher;
import io.layerwatch.benchmarks.launch.Running;
import io.layerwatch.benchmarks.report.ReportOptions;
import io.layerwatch.runtime.process.Directories;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Seconds from the start of a JVM until it is ready, and until its first record is on its topic:
 * standalone, and each service beside a broker that runs; with an archive of classes and without,
 * in turns.
 */
@Command(
    name = "start-up",
    mixinStandardHelpOptions = true,
    description = "Measure the time from the start of java to ready and to the first output.")
public final class StartUp implements Callable<Integer> {

  static final String PLAIN = "without the archive";
  static final String ARCHIVE = "archive of classes";

  private static final Duration WINDOW = Duration.ofSeconds(5);

  @Spec private CommandSpec spec;

  @Option(names = "--rounds", defaultValue = "3", description = "Rounds: ${DEFAULT-VALUE}.")
  private int rounds;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "The repository, built: ${DEFAULT-VALUE}.")
  private Path home;

  @Option(
      names = "--only",
      paramLabel = "NAME",
      description = "Of standalone, score, recommend and instrument. May be repeated.")
  private List<String> only = new ArrayList<>();

  @Mixin private ReportOptions files;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StartUp()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("layerwatch-start-up");
    try (Laboratory laboratory = new Laboratory()) {
      Services services = new Services(laboratory, home);
      services.publishBacklog();
      List<Subject> subjects = new ArrayList<>(List.of(new StandaloneSubject()));
      subjects.addAll(services.subjects());
      subjects.removeIf(subject -> !only.isEmpty() && !only.contains(subject.name()));
      StartUpReport report = new StartUpReport(measure(subjects, new Launcher(home, directory)));
      files.json().ifPresent(report::write);
      files.chart().ifPresent(report::draw);
      PrintWriter out = spec.commandLine().getOut();
      out.print(report.text());
      out.flush();
      files.writePage("start-up", report.text());
    } finally {
      Directories.delete(directory);
    }
    return 0;
  }

  private Map<String, Map<String, List<Start>>> measure(List<Subject> subjects, Launcher launcher)
      throws InterruptedException {
    Map<String, List<String>> variants = variants(launcher);
    Map<String, Map<String, List<Start>>> starts = new LinkedHashMap<>();
    for (int round = 0; round < rounds; round++) {
      for (Subject subject : subjects) {
        for (var variant : variants.entrySet()) {
          awaitPhase(round);
          starts
              .computeIfAbsent(subject.name(), none -> new LinkedHashMap<>())
              .computeIfAbsent(variant.getKey(), none -> new ArrayList<>())
              .add(subject.start(launcher, variant.getValue()));
        }
      }
    }
    return starts;
  }

  /**
   * Windows are aligned to the epoch, and a start's first window is shorter the later it comes: so
   * starts that are compared have the same time of the window, and rounds have different ones.
   */
  private void awaitPhase(int round) throws InterruptedException {
    long phase = WINDOW.toMillis() * round / rounds;
    Thread.sleep(Math.floorMod(phase - System.currentTimeMillis(), WINDOW.toMillis()));
  }

  private static Map<String, List<String>> variants(Launcher launcher) {
    Path archive = launcher.directory().resolve("classes.jsa");
    // As the script's build does. It also makes what a first start makes, such as unpacked
    // libraries.
    List<String> arguments = new ArrayList<>(StandaloneSubject.arguments(0));
    arguments.addAll(List.of("--duration", "3s"));
    try (Running training =
        launcher.start(List.of("-XX:ArchiveClassesAtExit=" + archive), arguments)) {
      training.awaitEnd();
    }
    Map<String, List<String>> variants = new LinkedHashMap<>();
    variants.put(PLAIN, List.of());
    variants.put(ARCHIVE, List.of("-XX:SharedArchiveFile=" + archive));
    return variants;
  }
}
