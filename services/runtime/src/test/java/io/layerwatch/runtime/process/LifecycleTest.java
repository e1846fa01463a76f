package io.layerwatch.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class LifecycleTest {

  private final List<String> closed = new CopyOnWriteArrayList<>();
  private final Lifecycle lifecycle = new Lifecycle();

  @Test
  void partsCloseInTheReverseOfTheirStart() {
    add("first");
    add("second");
    lifecycle.close();
    assertThat(closed).containsExactly("second", "first");
  }

  @Test
  void aPartThatFailsToCloseDoesNotKeepTheOthers() {
    add("first");
    lifecycle.add(
        "broken",
        () -> {
          throw new IllegalStateException("broken");
        });
    lifecycle.close();
    assertThat(closed).containsExactly("first");
  }

  @Test
  @Timeout(20)
  void aPartThatHangsIsLeftBehind() {
    add("first");
    CountDownLatch never = new CountDownLatch(1);
    lifecycle.add("hanging", never::await);
    long start = System.nanoTime();
    lifecycle.close();
    assertThat(closed).containsExactly("first");
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Lifecycle.CLOSE_WITHIN);
  }

  @Test
  void closingTwiceClosesOnce() {
    add("first");
    lifecycle.close();
    lifecycle.close();
    assertThat(closed).containsExactly("first");
  }

  /** Readiness is asked for while one thread closes and others wait for that, as JVM hooks do. */
  @Test
  @Timeout(20)
  void whetherItClosesIsToldWhileItDoes() throws Exception {
    CountDownLatch draining = new CountDownLatch(1);
    CountDownLatch drained = new CountDownLatch(1);
    lifecycle.add(
        "draining",
        () -> {
          draining.countDown();
          drained.await();
        });
    Thread first = new Thread(lifecycle::close);
    first.start();
    draining.await();
    Thread second = new Thread(lifecycle::close);
    second.start();
    Awaitility.await().until(() -> second.getState() == Thread.State.TIMED_WAITING);
    assertThat(CompletableFuture.supplyAsync(lifecycle::isClosing).get(2, TimeUnit.SECONDS))
        .isTrue();
    drained.countDown();
    first.join();
    second.join();
  }

  @Test
  void nothingStartsOnceItCloses() {
    lifecycle.close();
    assertThatThrownBy(() -> add("late"))
        .isInstanceOf(StoppingException.class)
        .hasMessageContaining("late came too late");
    assertThat(closed).containsExactly("late");
  }

  @Test
  @Timeout(20)
  void aPartThatIsStartingClosesOnceItHasComeUp() throws InterruptedException {
    CountDownLatch starting = new CountDownLatch(1);
    CountDownLatch mayComeUp = new CountDownLatch(1);
    Thread start =
        new Thread(
            () ->
                lifecycle.start(
                    "slow",
                    () -> {
                      starting.countDown();
                      await(mayComeUp);
                      return (AutoCloseable) () -> closed.add("slow");
                    }));
    start.setUncaughtExceptionHandler((thread, overtaken) -> closed.add(overtaken.getMessage()));
    start.start();
    starting.await();
    Thread stop = new Thread(lifecycle::close);
    stop.start();
    lifecycle.awaitStop();
    mayComeUp.countDown();
    stop.join();
    start.join();
    assertThat(closed).startsWith("slow").hasSize(2);
    assertThat(closed.get(1)).contains("slow came too late: the process is stopping");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  @Timeout(20)
  void closingEndsTheWait() throws InterruptedException {
    Thread waiting =
        new Thread(
            () -> {
              try {
                lifecycle.awaitStop();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    waiting.start();
    lifecycle.close();
    waiting.join();
    assertThat(waiting.isAlive()).isFalse();
  }

  private void add(String name) {
    AutoCloseable part = lifecycle.add(name, () -> closed.add(name));
    assertThat(part).isNotNull();
  }
}
