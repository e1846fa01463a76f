package io.layerwatch.instrumentation.verify;

import java.util.concurrent.TimeUnit;

/**
 * Keeps a thread's work to a share of its time: whoever has worked rests for what is missing.
 *
 * @param share above 0, at most 1
 */
record TimeShare(double share) {

  /** Rests after that much work. */
  void rest(long workedNanos) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(restNanos(workedNanos));
  }

  /** Of work and rest together, work is the share. */
  long restNanos(long workedNanos) {
    return Math.round(workedNanos * (1 / share - 1));
  }
}
