package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.Jdk;
import io.layerwatch.benchmarks.capacity.Pass;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A contender's process, as seen by who asks it. It stays over all rounds, so that only the first
 * begins with code that was never run.
 */
final class ContenderProcess implements AutoCloseable {

  private final Contenders contender;
  private final Backlog backlog;
  private final Process process;
  private final boolean pinned = Cores.canPin();
  private final Path log;
  private final PrintWriter ask;
  private final BufferedReader answers;

  private ContenderProcess(Contenders contender, Backlog backlog, Process process, Path log) {
    this.log = log;
    this.contender = contender;
    this.backlog = backlog;
    this.process = process;
    ask = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
    answers = process.inputReader(StandardCharsets.UTF_8);
  }

  /**
   * Starts the process; what it logs is seen when it fails.
   *
   * @param java options of its Java
   */
  static ContenderProcess start(Contenders contender, Backlog backlog, List<String> java)
      throws IOException {
    Path log = Files.createTempFile("contender-", ".log");
    ProcessBuilder builder = new ProcessBuilder(Jdk.program("java")).redirectError(log.toFile());
    builder.command().addAll(java);
    builder
        .command()
        .addAll(
            List.of(
                "-cp",
                classPath(contender),
                ContenderMain.class.getName(),
                contender.name(),
                backlog.toJson()));
    return new ContenderProcess(contender, backlog, builder.start(), log);
  }

  private static String classPath(Contenders contender) throws IOException {
    String own = System.getProperty("java.class.path");
    return contender.output() == Contenders.Output.OF_FLINK
        ? clientOfFlink() + File.pathSeparator + own
        : own;
  }

  /** The client that Flink's connector was made for, which the build puts beside our classes. */
  static String clientOfFlink() throws IOException {
    Path built = built(Path.of(own()));
    try (var files = Files.list(built.resolve("lib-flink"))) {
      return files
          .map(Path::toString)
          .filter(name -> name.endsWith(".jar"))
          .findAny()
          .orElseThrow(
              () -> new IllegalStateException(built + "/lib-flink: expected a client, got none"));
    }
  }

  private static String own() {
    return ContenderProcess.class.getProtectionDomain().getCodeSource().getLocation().getPath();
  }

  /** The directory of the build that classes or their archive lie in. */
  private static Path built(Path own) {
    return Files.isDirectory(own) ? own.getParent() : own.getParent().getParent();
  }

  /**
   * Lets it work all off, on as many cores as it has threads where the system can keep it to them.
   *
   * @param results of this pass; looked at where the contender has any
   */
  Worked pass(String id, int threads, Results results) throws IOException {
    if (pinned && !Cores.pin(process.pid(), threads)) {
      throw new IOException(contender.title() + " cannot be kept to " + threads + " cores");
    }
    ask.println(id + " " + threads);
    String[] worked = answer(ContenderMain.WORKED);
    long begun = Long.parseLong(worked[1]);
    long ended = Long.parseLong(worked[2]);
    long readable =
        contender.output() == Contenders.Output.NONE
            ? ended
            : ContenderMain.micros(results.await());
    ask.println("stop");
    double cpu = Double.parseDouble(answer(ContenderMain.STOPPED)[1]);
    return new Worked(
        new Pass(backlog.records(), (ended - begun) / 1e6, cpu),
        Math.max(0, readable - ended) / 1e6);
  }

  /** The next line that begins so; an agent, too, may print. */
  private String[] answer(String what) throws IOException {
    for (String line = answers.readLine(); line != null; line = answers.readLine()) {
      String[] words = line.split(" ", -1);
      if (words[0].equals(what)) {
        return words;
      }
    }
    throw new IllegalStateException(
        "%s ended, and \"%s\" was expected:%n%s"
            .formatted(contender.title(), what, Files.readString(log)));
  }

  @Override
  public void close() {
    ask.close();
    process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join();
    process.destroyForcibly();
    try {
      Files.deleteIfExists(log);
    } catch (IOException e) {
      throw new UncheckedIOException(log + " cannot be deleted", e);
    }
  }
}
