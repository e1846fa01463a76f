package io.layerwatch.integration;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that runs, and that a test sets wrong. */
final class SkewedClock extends Clock {

  private volatile Duration ahead = Duration.ZERO;

  void setAhead(Duration by) {
    ahead = by;
  }

  @Override
  public Instant instant() {
    return Clock.systemUTC().instant().plus(ahead);
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("this clock has one zone");
  }
}
