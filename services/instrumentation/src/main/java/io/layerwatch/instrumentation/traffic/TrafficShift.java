package io.layerwatch.instrumentation.traffic;

import io.layerwatch.instrumentation.PromptLine;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Changes the traffic once, after a while: what a model is asked in production changes, too. */
public final class TrafficShift implements AutoCloseable {

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "layerwatch-shift");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Waits, then switches.
   *
   * @param announce is run when it has
   */
  public TrafficShift(
      TrafficGenerator traffic, Duration after, List<PromptLine> prompts, Runnable announce) {
    var unused =
        timer.schedule(
            () -> {
              traffic.switchTo(prompts);
              announce.run();
            },
            after.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
