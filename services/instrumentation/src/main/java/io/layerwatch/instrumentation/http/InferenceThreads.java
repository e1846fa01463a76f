package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run the model, apart from those that talk to clients: as many requests at a time
 * as there are threads, while others wait their turn.
 */
final class InferenceThreads implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceThreads.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

  private final ExecutorService threads;

  InferenceThreads(int count) {
    threads =
        Executors.newFixedThreadPool(
            count,
            task ->
                new Thread(
                    () -> {
                      TorchThreads.inferenceOnly();
                      task.run();
                    },
                    "layerwatch-inference"));
  }

  /**
   * Runs the work and waits for what comes of it.
   *
   * @throws ApiException of status 503 when the process is stopping
   */
  <T> T run(Callable<T> work) {
    try {
      return threads.submit(work).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InferenceStoppedException) {
        throw stopping();
      }
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (RejectedExecutionException | CancellationException e) {
      throw stopping();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopping();
    }
  }

  private static ApiException stopping() {
    return new ApiException(503, "the server is stopping");
  }

  /** Interrupts what runs, which ends it before the next layer, and turns away what waits. */
  @Override
  public void close() {
    threads.shutdownNow().forEach(waiting -> ((Future<?>) waiting).cancel(false));
    try {
      if (!threads.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("a layer of a running pass takes longer than {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
