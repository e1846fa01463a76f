package io.layerwatch.instrumentation.traffic;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once of each kind of failure that there is one, and when it is over: when it has not been
 * seen for a while, and something else was answered. Safe for use by several threads.
 */
final class Failures {

  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private final Map<String, Long> lastSeen = new ConcurrentHashMap<>();
  private final Duration over;
  private final LongSupplier nanos;

  /**
   * Nothing has failed yet.
   *
   * @param over a kind that was not seen for so long
   * @param nanos the time
   */
  Failures(Duration over, LongSupplier nanos) {
    this.over = over;
    this.nanos = nanos;
  }

  /** Another one of that kind. */
  void seen(String kind, String detail) {
    if (lastSeen.put(kind, nanos.getAsLong()) == null) {
      LOG.warn("prompts get no answer and are sent again: {}: {}", kind, detail);
    }
  }

  /** A prompt was answered. */
  void answered() {
    long now = nanos.getAsLong();
    lastSeen.forEach(
        (kind, last) -> {
          if (now - last >= over.toNanos() && lastSeen.remove(kind, last)) {
            LOG.info("prompts are answered again, no more: {}", kind);
          }
        });
  }
}
