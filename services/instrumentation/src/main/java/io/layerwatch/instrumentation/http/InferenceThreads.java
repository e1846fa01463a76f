package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.model.TorchThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the model, apart from those that talk to clients: as many requests at a time
 * as there are threads, while a bounded number wait their turn, first come, first served.
 */
final class InferenceThreads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceThreads.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final int queueLimit;
  private final List<Thread> threads = new ArrayList<>();
  private final Deque<Ticket> waiting = new ArrayDeque<>();
  private int running;
  private boolean closed;

  InferenceThreads(int count, int queueLimit) {
    this.queueLimit = queueLimit;
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::serve, "layerwatch-inference");
      threads.add(thread);
      thread.start();
    }
  }

  /** A place in the queue, then on a thread. */
  final class Ticket {

    private final Runnable work;
    private Optional<Thread> runner = Optional.empty();

    private Ticket(Runnable work) {
      this.work = work;
    }

    /**
     * Gives the place back.
     *
     * @return whether the work had not begun, and never will; otherwise its thread is interrupted,
     *     which ends a pass before its next layer
     */
    boolean cancel() {
      synchronized (InferenceThreads.this) {
        runner.ifPresent(Thread::interrupt);
        return waiting.remove(this);
      }
    }
  }

  /** Takes work in, or says that there is no room for it. */
  synchronized Optional<Ticket> submit(Runnable work) {
    if (isFull() || closed) {
      return Optional.empty();
    }
    Ticket ticket = new Ticket(work);
    waiting.add(ticket);
    notifyAll();
    return Optional.of(ticket);
  }

  /** Whether another one would be turned away. */
  synchronized boolean isFull() {
    return running + waiting.size() >= threads.size() + queueLimit;
  }

  synchronized int waiting() {
    // Those that a free thread is about to take do not wait.
    return Math.max(0, waiting.size() - (threads.size() - running));
  }

  synchronized int running() {
    return running;
  }

  private void serve() {
    TorchThreads.inferenceOnly();
    for (Optional<Ticket> ticket = take(); ticket.isPresent(); ticket = take()) {
      try {
        ticket.get().work.run();
      } catch (RuntimeException | Error e) {
        LOG.error("a request failed", e);
      } finally {
        done(ticket.get());
      }
    }
  }

  private synchronized Optional<Ticket> take() {
    while (waiting.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        return Optional.empty();
      }
    }
    if (closed) {
      return Optional.empty();
    }
    Ticket ticket = waiting.remove();
    ticket.runner = Optional.of(Thread.currentThread());
    running++;
    return Optional.of(ticket);
  }

  private synchronized void done(Ticket ticket) {
    ticket.runner = Optional.empty();
    running--;
    // It was meant for the work that ended just now.
    boolean unused = Thread.interrupted();
    notifyAll();
  }

  /** Waits until nothing waits or runs; returns whether that came to be. */
  synchronized boolean awaitIdle(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (running > 0 || !waiting.isEmpty()) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return false;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** Takes nothing more and lets the threads end. What still runs is interrupted. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      threads.forEach(Thread::interrupt);
      notifyAll();
    }
    long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    for (Thread thread : threads) {
      try {
        thread.join(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      if (thread.isAlive()) {
        LOG.warn("a layer of a running pass takes longer than {}", CLOSE_TIMEOUT);
      }
    }
  }
}
