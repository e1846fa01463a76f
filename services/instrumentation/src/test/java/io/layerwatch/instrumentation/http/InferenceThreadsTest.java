package io.layerwatch.instrumentation.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.http.InferenceThreads.Runner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who runs with whom, and whom a cancellation stops. Works that begin alike run together. */
class InferenceThreadsTest {

  private final Semaphore ends = new Semaphore(0);
  private final List<List<String>> runs = new CopyOnWriteArrayList<>();
  private final AtomicInteger interrupts = new AtomicInteger();

  private final InferenceThreads<String> threads =
      new InferenceThreads<>(
          1,
          5,
          new Runner<>() {
            @Override
            public boolean joins(List<String> together, String next) {
              return together.get(0).charAt(0) == next.charAt(0);
            }

            @Override
            public void run(List<String> together) {
              runs.add(together);
              try {
                ends.acquire();
              } catch (InterruptedException e) {
                interrupts.incrementAndGet();
              }
              if (together.get(0).startsWith("broken")) {
                throw new IllegalStateException("broken");
              }
            }
          });

  @AfterEach
  void stop() {
    threads.close();
  }

  @Test
  void theFirstTakesThoseAlongThatRunWithItAndTheOthersKeepTheirOrder() {
    submitAll("first", "a1", "b1", "a2", "b2", "c");
    ends.release(9);
    assertThat(threads.awaitIdle(Duration.ofSeconds(10))).isTrue();
    assertThat(runs)
        .containsExactly(List.of("first"), List.of("a1", "a2"), List.of("b1", "b2"), List.of("c"));
  }

  /** Two threads on two processors are better than one with all the work. */
  @Test
  void whatAFreeThreadCanTakeIsNotTakenAlong() {
    List<List<String>> passes = new CopyOnWriteArrayList<>();
    Semaphore end = new Semaphore(0);
    try (InferenceThreads<String> two =
        new InferenceThreads<>(
            2,
            5,
            new Runner<>() {
              @Override
              public boolean joins(List<String> together, String next) {
                return true;
              }

              @Override
              public void run(List<String> together) {
                passes.add(together);
                end.acquireUninterruptibly();
              }
            })) {
      assertThat(two.submit("one")).isPresent();
      await().until(() -> passes.size() == 1);
      assertThat(two.submit("two")).isPresent();
      await().until(() -> passes.size() == 2);
      assertThat(two.submit("three")).isPresent();
      assertThat(two.submit("four")).isPresent();
      end.release(9);
      assertThat(two.awaitIdle(Duration.ofSeconds(10))).isTrue();
      assertThat(passes.subList(0, 2)).containsExactly(List.of("one"), List.of("two"));
    }
  }

  @Test
  void requestsAreCountedOneByOneAndRoomByThreads() {
    submitAll("first", "a1", "a2", "a3", "a4", "a5");
    assertThat(threads.submit("one too many")).isEmpty();
    assertThat(threads.running()).isEqualTo(1);
    assertThat(threads.waiting()).isEqualTo(5);
    ends.release();
    await().until(() -> threads.running() == 5);
    assertThat(threads.waiting()).isZero();
    assertThat(threads.isFull()).isFalse();
    submitRest("b1", "b2", "b3", "b4", "b5");
    assertThat(threads.isFull()).isTrue();
  }

  @Test
  void oneThatGoesDoesNotStopThoseThatItRunsWithAndTheLastDoes() {
    List<InferenceThreads<String>.Ticket> tickets = submitAll("first", "a1", "a2");
    ends.release();
    await().until(() -> runs.size() == 2);
    assertThat(tickets.get(1).cancel()).isFalse();
    // Twice from one is not once from each.
    assertThat(tickets.get(1).cancel()).isFalse();
    submitRest("next");
    assertThat(interrupts).hasValue(0);
    assertThat(threads.running()).isEqualTo(2);
    assertThat(tickets.get(2).cancel()).isFalse();
    await().until(() -> runs.size() == 3);
    assertThat(interrupts).hasValue(1);
  }

  @Test
  void whoGoesWhileItWaitsNeverRuns() {
    List<InferenceThreads<String>.Ticket> tickets = submitAll("first", "a1", "a2");
    assertThat(tickets.get(1).cancel()).isTrue();
    ends.release(9);
    assertThat(threads.awaitIdle(Duration.ofSeconds(10))).isTrue();
    assertThat(runs).containsExactly(List.of("first"), List.of("a2"));
    assertThat(interrupts).hasValue(0);
  }

  @Test
  void whatFailsTakesNoThreadWithIt() {
    submitAll("broken", "a1");
    ends.release(9);
    await().until(() -> runs.size() == 2);
  }

  /** The first is seen to run before the others come. */
  private List<InferenceThreads<String>.Ticket> submitAll(String first, String... others) {
    List<InferenceThreads<String>.Ticket> tickets = new ArrayList<>(submitRest(first));
    await().until(() -> runs.size() == 1);
    tickets.addAll(submitRest(others));
    return tickets;
  }

  private List<InferenceThreads<String>.Ticket> submitRest(String... works) {
    List<InferenceThreads<String>.Ticket> tickets = new ArrayList<>();
    for (String work : works) {
      tickets.add(threads.submit(work).orElseThrow());
    }
    return tickets;
  }
}
