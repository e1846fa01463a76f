package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.model.TorchThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the model, apart from those that talk to clients, while a bounded number of
 * requests wait their turn: first come, first served, and with the first those that can run in one
 * go with it.
 *
 * @param <W> what is to be done for a request
 */
final class InferenceThreads<W> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceThreads.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  private final int queueLimit;
  private final Runner<W> runner;
  private final List<Thread> threads = new ArrayList<>();
  private final Deque<Ticket> waiting = new ArrayDeque<>();
  private int busy;
  private int running;
  private boolean closed;

  /** Does the work. */
  interface Runner<W> {

    /** Whether one that waits can run in one go with these. */
    boolean joins(List<W> together, W next);

    /** Runs them in one go. */
    void run(List<W> together);
  }

  InferenceThreads(int count, int queueLimit, Runner<W> runner) {
    this.queueLimit = queueLimit;
    this.runner = runner;
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(this::serve, "layerwatch-inference");
      threads.add(thread);
      thread.start();
    }
  }

  /** A place in the queue, then on a thread. */
  final class Ticket {

    private final W work;
    private Optional<Go> go = Optional.empty();
    private boolean cancelled;

    private Ticket(W work) {
      this.work = work;
    }

    /**
     * Gives the place back.
     *
     * @return whether the work had not begun, and never will; otherwise its thread is interrupted,
     *     which ends a pass before its next layer, unless it runs for somebody else, too
     */
    boolean cancel() {
      synchronized (InferenceThreads.this) {
        cancelled = true;
        go.ifPresent(Go::interruptIfUnwanted);
        return waiting.remove(this);
      }
    }
  }

  /** What a thread runs at a time. */
  private final class Go {

    private final Thread thread = Thread.currentThread();
    private final List<Ticket> tickets = new ArrayList<>();

    void add(Ticket ticket) {
      tickets.add(ticket);
      ticket.go = Optional.of(this);
    }

    List<W> works() {
      return tickets.stream().map(ticket -> ticket.work).toList();
    }

    void interruptIfUnwanted() {
      if (tickets.stream().allMatch(ticket -> ticket.cancelled)) {
        thread.interrupt();
      }
    }

    void end() {
      tickets.forEach(ticket -> ticket.go = Optional.empty());
    }
  }

  /** Takes work in, or says that there is no room for it. */
  synchronized Optional<Ticket> submit(W work) {
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
    return busy + waiting.size() >= threads.size() + queueLimit;
  }

  synchronized int waiting() {
    // Those that a free thread is about to take do not wait.
    return Math.max(0, waiting.size() - (threads.size() - busy));
  }

  synchronized int running() {
    return running;
  }

  private void serve() {
    TorchThreads.inferenceOnly();
    for (Optional<Go> go = take(); go.isPresent(); go = take()) {
      try {
        runner.run(go.get().works());
      } catch (RuntimeException | Error e) {
        LOG.error("a request failed", e);
      } finally {
        done(go.get());
      }
    }
  }

  private synchronized Optional<Go> take() {
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
    Go go = new Go();
    go.add(waiting.remove());
    busy++;
    // A thread that is free takes the next by itself.
    if (busy == threads.size()) {
      takeAlong(go);
    }
    running += go.tickets.size();
    return Optional.of(go);
  }

  private void takeAlong(Go go) {
    for (Iterator<Ticket> others = waiting.iterator(); others.hasNext(); ) {
      Ticket other = others.next();
      if (runner.joins(go.works(), other.work)) {
        others.remove();
        go.add(other);
      }
    }
  }

  private synchronized void done(Go go) {
    go.end();
    busy--;
    running -= go.tickets.size();
    // It was meant for the work that ended just now.
    boolean unused = Thread.interrupted();
    notifyAll();
  }

  /** Waits until nothing waits or runs; returns whether that came to be. */
  synchronized boolean awaitIdle(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (busy > 0 || !waiting.isEmpty()) {
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
