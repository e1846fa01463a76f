package io.layerwatch.benchmarks.launch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A process that was started, and when. */
public final class Running implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int LOOK_EVERY_MILLIS = 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final Process process;
  private final Path output;
  private final long begun;

  Running(Process process, Path output, long begun) {
    this.process = process;
    this.output = output;
    this.begun = begun;
  }

  public double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }

  /** Waits for something that it printed. */
  public MatchResult awaitPrinted(Pattern pattern) {
    return await("to print " + pattern, () -> pattern.matcher(printed()).results().findFirst());
  }

  /** Waits until it says that it is ready. */
  public void awaitReady(int adminPort) {
    URI ready = URI.create("http://127.0.0.1:" + adminPort + "/readyz");
    await("to be ready", () -> answers(ready) ? Optional.of(ready) : Optional.empty());
  }

  /** Waits for something, as long as the process lives. */
  public <T> T await(String what, Supplier<Optional<T>> found) {
    try {
      while (seconds() < PATIENCE.toSeconds() && process.isAlive()) {
        Optional<T> result = found.get();
        if (result.isPresent()) {
          return result.get();
        }
        Thread.sleep(LOOK_EVERY_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("expected it " + what + ", got:\n" + printed());
  }

  /** Waits until it has ended by itself. */
  public void awaitEnd() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("expected it to end, got:\n" + printed());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private boolean answers(URI ready) {
    try {
      var answer =
          client.send(
              HttpRequest.newBuilder(ready).build(), HttpResponse.BodyHandlers.discarding());
      return answer.statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private String printed() {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new UncheckedIOException(output + " cannot be read", e);
    }
  }

  /** Asks it to end, and waits. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
