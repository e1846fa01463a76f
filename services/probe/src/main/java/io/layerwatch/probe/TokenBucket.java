package io.layerwatch.probe;

import java.time.Clock;

/**
 * At most so many tokens a second, on average; a second's worth may come at once. A pass is taken
 * whole while anything is left, and what it takes too much is paid back. Safe for use by several
 * threads.
 */
final class TokenBucket {

  private final double tokensPerSecond;
  private final Clock clock;
  private double left;
  private long filledMillis;

  TokenBucket(double tokensPerSecond, Clock clock) {
    this.tokensPerSecond = tokensPerSecond;
    this.clock = clock;
    this.left = tokensPerSecond;
    this.filledMillis = clock.millis();
  }

  /** Whether the tokens may be taken; they then are. */
  synchronized boolean take(int tokens) {
    long now = clock.millis();
    // A clock that was set back fills nothing.
    double filled = Math.max(0, now - filledMillis) / 1000.0 * tokensPerSecond;
    left = Math.min(tokensPerSecond, left + filled);
    filledMillis = now;
    if (left <= 0) {
      return false;
    }
    left -= tokens;
    return true;
  }
}
