package io.layerwatch.recommender.read;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Durations;
import io.layerwatch.runtime.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * The time that a command has. After two seconds it says what it is waiting for; once the time is
 * over it ends, whatever its clients of Kafka and the registry still wait for.
 */
final class Waiting {

  private static final Duration SILENT = Duration.ofSeconds(2);

  /** Whoever waits for something may say by itself, and better, that it did not come. */
  private static final Duration GRACE = Duration.ofSeconds(1);

  private static final Duration FOR_AN_ANSWER = Duration.ofSeconds(10);

  private static final String ADVICE =
      "; --bootstrap-servers and --schema-registry ("
          + CommonSettings.BOOTSTRAP_SERVERS
          + ", "
          + CommonSettings.SCHEMA_REGISTRY_URL
          + ") say where they are, and layerwatch standalone prints its own";

  private final Duration timeout;
  private final Consumer<String> notices;
  private final long start = System.nanoTime();
  private volatile String awaited;

  /**
   * Begins now, with waiting for Kafka.
   *
   * @param notices is told what is waited for
   */
  Waiting(Settings settings, Duration timeout, Consumer<String> notices) {
    this.timeout = timeout;
    this.notices = notices;
    this.awaited = "Kafka at " + settings.text(CommonSettings.BOOTSTRAP_SERVERS);
  }

  /** The option {@code --timeout}; nothing, and a problem, where it is no time. */
  static Optional<Duration> timeout(List<String> problems, String text) {
    Optional<Duration> timeout =
        Durations.parse(text).filter(time -> !time.isNegative() && !time.isZero());
    if (timeout.isEmpty()) {
      problems.add("--timeout: expected a positive duration such as 30s, got \"" + text + "\"");
    }
    return timeout;
  }

  /** How long Kafka may take for a single answer. */
  Duration forAnAnswer() {
    Duration left = left();
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(FOR_AN_ANSWER) < 0 ? left : FOR_AN_ANSWER;
  }

  /** From now on something else is waited for. */
  void on(String other) {
    awaited = other;
  }

  boolean isOver() {
    return left().isNegative();
  }

  private Duration left() {
    return timeout.minusNanos(System.nanoTime() - start);
  }

  /**
   * Does the work, on a thread that is left behind once the time is over.
   *
   * @throws ReadingException when it is
   */
  <T> T until(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread thread = new Thread(task, "layerwatch-waiting");
    thread.setDaemon(true);
    thread.start();
    try {
      return outcome(task);
    } catch (UnansweredException e) {
      throw new ReadingException(e.getMessage() + ADVICE, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ReadingException("interrupted while waiting for " + awaited, e);
    } finally {
      task.cancel(true);
    }
  }

  private <T> T outcome(FutureTask<T> task) throws InterruptedException {
    try {
      if (left().compareTo(SILENT) > 0 && !finishes(task, SILENT)) {
        notices.accept("waiting for " + awaited + ", for " + seconds(timeout) + " at most");
      }
      if (!finishes(task, left().plus(GRACE))) {
        throw new UnansweredException("no answer within " + seconds(timeout) + " from " + awaited);
      }
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static boolean finishes(FutureTask<?> task, Duration within)
      throws InterruptedException, ExecutionException {
    try {
      task.get(within.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  /** For messages. */
  static String seconds(Duration time) {
    return (time.toMillis() % 1_000 == 0 ? "" + time.toSeconds() : "" + time.toMillis() / 1e3)
        + " s";
  }
}
