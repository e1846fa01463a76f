package io.layerwatch.runtime.process;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The parts of a running process, closed in the reverse of the order they were added.
 *
 * <p>Every part is closed, whatever the others throw, within one bound of time for all; a part that
 * takes longer is left behind with a warning. Closing twice does nothing.
 */
public final class Lifecycle implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  /** Ctrl-C ends a process within this time and a little more. */
  public static final Duration CLOSE_WITHIN = Duration.ofSeconds(4);

  private record Part(String name, AutoCloseable closeable) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private boolean closing;

  /** Adds a part that runs from now on; returns it. */
  public synchronized <T extends AutoCloseable> T add(String name, T part) {
    if (closing) {
      throw new StartException(name + " came too late: the process is stopping");
    }
    parts.push(new Part(name, part));
    return part;
  }

  /** Closes everything when the JVM is asked to end (SIGTERM, Ctrl-C). */
  public void closeOnSignal() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::close, "layerwatch-stop"));
  }

  /** Ends {@link #awaitStop}. */
  public void requestStop() {
    stopRequested.countDown();
  }

  /** Waits until a stop is requested or everything is closed. */
  public void awaitStop() throws InterruptedException {
    stopRequested.await();
  }

  /** Waits at most that long. */
  public void awaitStop(Duration duration) throws InterruptedException {
    boolean requested = stopRequested.await(duration.toMillis(), TimeUnit.MILLISECONDS);
    LOG.debug("waiting ended, stop requested: {}", requested);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closing) {
        awaitClosed();
        return;
      }
      closing = true;
    }
    requestStop();
    ExecutorService closer =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "layerwatch-close");
              thread.setDaemon(true);
              return thread;
            });
    long deadline = System.nanoTime() + CLOSE_WITHIN.toNanos();
    while (!parts.isEmpty()) {
      close(closer, parts.pop(), deadline);
    }
    closer.shutdownNow();
    closed.countDown();
  }

  private static void close(ExecutorService closer, Part part, long deadline) {
    var closing =
        closer.submit(
            () -> {
              part.closeable().close();
              return part;
            });
    try {
      closing.get(Math.max(100_000_000L, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.warn("{} did not close in time and is left behind", part.name());
    } catch (ExecutionException e) {
      LOG.warn("{} failed to close", part.name(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitClosed() {
    try {
      boolean done = closed.await(CLOSE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
      LOG.debug("closed elsewhere: {}", done);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
