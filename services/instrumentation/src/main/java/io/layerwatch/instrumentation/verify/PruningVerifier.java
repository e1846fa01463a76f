package io.layerwatch.instrumentation.verify;

import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures one candidate at a time on a thread of its own, for as long as it is the candidate. Safe
 * for use by several threads.
 */
final class PruningVerifier implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PruningVerifier.class);
  private static final int JOIN_MILLIS = 1_000;

  private final Duration pauseAfterError;
  private final CandidateMeasurement measurement;
  private final Sink sink;
  private final VerifierMetrics metrics;
  private final Thread thread = new Thread(this::run, "layerwatch-verifier");

  /** What is to be measured, or was. */
  private Optional<PruningProposal> wanted = Optional.empty();

  private boolean pending;
  private boolean closed;

  /** Takes evaluations. */
  interface Sink {

    /** Takes one, and returns once it is safe. */
    void take(PruningEvaluation evaluation) throws InterruptedException;
  }

  /**
   * A verifier with nothing to do.
   *
   * @param sink takes each evaluation
   * @param pauseAfterError before what failed is tried again
   */
  PruningVerifier(
      CandidateMeasurement measurement,
      Sink sink,
      VerifierMetrics metrics,
      Duration pauseAfterError) {
    this.pauseAfterError = pauseAfterError;
    this.measurement = measurement;
    this.sink = sink;
    this.metrics = metrics;
    thread.setDaemon(true);
    thread.start();
  }

  /** Measures this candidate from now on, unless it was already; none stops what is under way. */
  synchronized void want(Optional<PruningProposal> candidate) {
    if (layers(candidate).equals(layers(wanted))) {
      return;
    }
    wanted = candidate;
    pending = candidate.isPresent();
    thread.interrupt();
    notifyAll();
  }

  private static List<Integer> layers(Optional<PruningProposal> candidate) {
    return candidate.map(PruningProposal::layers).orElseGet(List::of);
  }

  /** Whether nothing is measured, nor waits for it. */
  synchronized boolean isIdle() {
    return !pending;
  }

  private void run() {
    TorchThreads.inferenceOnly();
    for (Optional<PruningProposal> next = next(); next.isPresent(); next = next()) {
      measure(next.get());
    }
  }

  private synchronized Optional<PruningProposal> next() {
    while (!closed && !pending) {
      try {
        wait();
      } catch (InterruptedException e) {
        // Something else is wanted now, or nothing.
      }
    }
    // It was meant for what was measured before.
    boolean unused = Thread.interrupted();
    return closed ? Optional.empty() : wanted;
  }

  private void measure(PruningProposal candidate) {
    metrics.begin();
    LOG.info("measuring the model without layers {}", candidate.layers());
    try {
      PruningEvaluation evaluation = measurement.of(candidate);
      sink.take(evaluation);
      metrics.end(evaluation);
      done(candidate);
    } catch (InterruptedException | InferenceStoppedException e) {
      metrics.end(VerifierMetrics.CANCELLED);
      LOG.info("layers {} are measured no further", candidate.layers());
    } catch (RuntimeException | Error e) {
      metrics.end(VerifierMetrics.ERROR);
      LOG.warn(
          "layers {} could not be measured, trying again in {} s",
          candidate.layers(),
          pauseAfterError.toSeconds(),
          e);
      pause();
    }
  }

  private void pause() {
    try {
      Thread.sleep(pauseAfterError.toMillis());
    } catch (InterruptedException e) {
      // Something else is wanted now, or nothing.
    }
  }

  private synchronized void done(PruningProposal candidate) {
    if (layers(wanted).equals(candidate.layers())) {
      pending = false;
    }
  }

  /** Stops what is under way. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      thread.interrupt();
      notifyAll();
    }
    try {
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
