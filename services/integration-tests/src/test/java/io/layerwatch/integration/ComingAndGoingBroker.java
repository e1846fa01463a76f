package io.layerwatch.integration;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Kills a broker and starts it again, over and over; leaves it running at the end. In between it
 * comes far enough to take something in, or else it would only be away.
 */
final class ComingAndGoingBroker implements AutoCloseable {

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final int MORE_MILLIS = 3_000;
  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  private final BrokerProcess broker;
  private final Random random;
  private final LongSupplier taken;
  private final CountDownLatch enough = new CountDownLatch(1);
  private final AtomicInteger outages = new AtomicInteger();
  private final Thread thread = new Thread(this::comeAndGo, "broker-weather");

  /**
   * Begins with a broker that runs.
   *
   * @param taken how much the broker has taken in so far
   */
  ComingAndGoingBroker(BrokerProcess broker, Random random, LongSupplier taken) {
    this.broker = broker;
    this.random = random;
    this.taken = taken;
    thread.start();
  }

  /** Times that it was killed so far. */
  int outages() {
    return outages.get();
  }

  private void comeAndGo() {
    long before = -1;
    while (takesMoreThan(before) && !endsWithin(aWhile())) {
      broker.kill();
      before = taken.getAsLong();
      outages.incrementAndGet();
      boolean ends = endsWithin(aWhile());
      broker.start();
      if (ends) {
        return;
      }
    }
  }

  /** Waits for that; false when it is to end. */
  private boolean takesMoreThan(long before) {
    boolean ends = false;
    while (!ends && taken.getAsLong() <= before) {
      ends = endsWithin(LOOK_AGAIN);
    }
    return !ends;
  }

  private Duration aWhile() {
    return SHORTEST.plusMillis(random.nextInt(MORE_MILLIS));
  }

  private boolean endsWithin(Duration time) {
    try {
      return enough.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  @Override
  public void close() {
    enough.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
