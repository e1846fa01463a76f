package io.layerwatch.probe;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Turns observing on and off while the model runs. A failed observation turns it off until somebody
 * turns it on again. Safe for use by several threads.
 */
public final class ProbeSwitch {

  private final AtomicReference<Optional<SkipReason>> off;

  public ProbeSwitch(boolean on) {
    this.off = new AtomicReference<>(reason(on));
  }

  private static Optional<SkipReason> reason(boolean on) {
    return on ? Optional.empty() : Optional.of(SkipReason.SWITCHED_OFF);
  }

  /** Turns observing on, also after a failure, or off. */
  public void set(boolean on) {
    off.set(reason(on));
  }

  /** Turns observing off after a failure; true for the first one. */
  boolean fail() {
    return off.getAndUpdate(reason -> reason.or(() -> Optional.of(SkipReason.FAILED))).isEmpty();
  }

  /** Why nothing is observed, or empty while it is. */
  public Optional<SkipReason> off() {
    return off.get();
  }
}
