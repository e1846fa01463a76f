package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;

/**
 * The process of one contender. Asked {@code ID THREADS} on standard input it works the backlog
 * off, and says from when until when; told to stop, it says what processor time that took of all
 * its threads, collector and compiler included. It ends with its input.
 */
final class ContenderMain {

  /** Begins the answer of what was worked off: begin and end, in microseconds. */
  static final String WORKED = "worked";

  /** Begins the answer of what processor time it took, in seconds. */
  static final String STOPPED = "stopped";

  /** Seldom enough that looking, which asks all metrics, takes nothing. */
  private static final int LOOK_EVERY_MILLIS = 10;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private ContenderMain() {}

  public static void main(String[] arguments) throws Exception {
    Contender contender = Contenders.valueOf(arguments[0]).contender();
    Backlog backlog = Backlog.ofJson(arguments[1]);
    BufferedReader asked =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = asked.readLine(); line != null; line = asked.readLine()) {
      String[] words = line.split(" ", -1);
      pass(contender, backlog, words[0], Integer.parseInt(words[1]), asked);
    }
    System.exit(0);
  }

  private static void pass(
      Contender contender, Backlog backlog, String id, int threads, BufferedReader asked)
      throws Exception {
    double cpuSeconds;
    try (Contender.Work work = contender.start(backlog, id, threads)) {
      Instant begun = await(1, work);
      long cpu = Threads.processCpuNanos();
      await(backlog.records(), work);
      say(WORKED, micros(begun), micros(Instant.now()));
      expect(asked.readLine());
      cpuSeconds = (Threads.processCpuNanos() - cpu) / 1e9;
    }
    say(STOPPED, cpuSeconds);
  }

  /** Waits for so many records; returns the last look at which there were fewer. */
  private static Instant await(long records, Contender.Work work) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    Instant before = Instant.now();
    while (work.done() < records) {
      before = Instant.now();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "expected " + records + " records, got " + work.done() + " in " + PATIENCE);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
    }
    return before;
  }

  static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  private static void expect(String stop) throws IOException {
    if (!"stop".equals(stop)) {
      throw new IOException("expected stop, got " + stop);
    }
  }

  private static void say(String what, Object... values) {
    StringBuilder line = new StringBuilder(what);
    for (Object value : values) {
      line.append(' ').append(value);
    }
    System.out.println(line);
    System.out.flush();
  }
}
