package io.layerwatch.integration;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Kills a broker and starts it again, over and over; leaves it running at the end. */
final class ComingAndGoingBroker implements AutoCloseable {

  private static final Duration SHORTEST = Duration.ofSeconds(2);
  private static final int MORE_MILLIS = 6_000;

  private final BrokerProcess broker;
  private final Random random;
  private final CountDownLatch enough = new CountDownLatch(1);
  private final AtomicInteger outages = new AtomicInteger();
  private final Thread thread = new Thread(this::comeAndGo, "broker-weather");

  ComingAndGoingBroker(BrokerProcess broker, Random random) {
    this.broker = broker;
    this.random = random;
    thread.start();
  }

  /** Times that it was killed so far. */
  int outages() {
    return outages.get();
  }

  private void comeAndGo() {
    while (!endsWithin(aWhile())) {
      broker.kill();
      outages.incrementAndGet();
      boolean ends = endsWithin(aWhile());
      broker.start();
      if (ends) {
        return;
      }
    }
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
