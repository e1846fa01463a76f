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
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
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

  /** Ctrl-C ends a process within this time, what its parts need to drain, and a little more. */
  public static final Duration CLOSE_WITHIN = Duration.ofSeconds(4);

  private static final Duration START_WITHIN = Duration.ofMillis(3_500);

  /** A part that lets what it is doing end before it closes. */
  public interface Draining extends AutoCloseable {

    /** Time that this may take, on top of what closing everything takes. */
    Duration drainsWithin();

    @Override
    void close();
  }

  private record Part(String name, AutoCloseable closeable) {}

  private final Deque<Part> parts = new ArrayDeque<>();
  private final CountDownLatch stopRequested = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicLong drainNanos = new AtomicLong();
  private final ReentrantLock starting = new ReentrantLock();
  private volatile boolean closing;

  /**
   * Starts a part and adds it. A stop that is asked for meanwhile waits until the part has come up
   * and closed again.
   *
   * @throws StoppingException when everything is closing, whatever else the part fails with: much
   *     cannot start while the JVM ends
   */
  public <T extends AutoCloseable> T start(String name, Supplier<T> part) {
    starting.lock();
    try {
      return add(name, part.get());
    } catch (RuntimeException | Error e) {
      if (isClosing()) {
        throw new StoppingException(name + " was starting: " + e.getMessage());
      }
      throw e;
    } finally {
      starting.unlock();
    }
  }

  /** Whether a stop is under way; never waits for it. */
  public boolean isClosing() {
    return closing;
  }

  /**
   * Adds a part that runs from now on; returns it.
   *
   * @throws StoppingException when everything is closing already, and then closes this part, too
   */
  public <T extends AutoCloseable> T add(String name, T part) {
    synchronized (this) {
      if (!closing) {
        parts.push(new Part(name, part));
        if (part instanceof Draining draining) {
          drainNanos.addAndGet(draining.drainsWithin().toNanos());
        }
        return part;
      }
    }
    try {
      part.close();
    } catch (Exception e) {
      LOG.warn("{} failed to close", name, e);
    }
    throw new StoppingException(name + " came too late: the process is stopping");
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
    if (!beginClosing()) {
      awaitClosed();
      return;
    }
    requestStop();
    long deadline = System.nanoTime() + closesWithin().toNanos();
    awaitStart();
    ExecutorService closer =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "layerwatch-close");
              thread.setDaemon(true);
              return thread;
            });
    while (!parts.isEmpty()) {
      close(closer, parts.pop(), deadline);
    }
    closer.shutdownNow();
    closed.countDown();
  }

  /** Returns false when somebody else has begun. */
  private synchronized boolean beginClosing() {
    boolean first = !closing;
    closing = true;
    return first;
  }

  private Duration closesWithin() {
    return CLOSE_WITHIN.plusNanos(drainNanos.get());
  }

  /** A part that is being started closes itself once it has come up. */
  private void awaitStart() {
    try {
      if (starting.tryLock(START_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        starting.unlock();
      } else {
        LOG.warn("a part is still starting and is left behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
      boolean done = closed.await(closesWithin().toMillis(), TimeUnit.MILLISECONDS);
      LOG.debug("closed elsewhere: {}", done);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
