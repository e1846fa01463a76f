package io.layerwatch.instrumentation.publish;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;

/**
 * The records of one interval, until Kafka has answered for each. Not safe for use by several
 * threads.
 */
final class Delivery {

  private final Queue<Parcel> left;
  private final List<OnTheWay> onTheWay = new ArrayList<>();

  /** One summary, and the tokens in it. */
  record Parcel(ProducerRecord<String, byte[]> summary, long tokens) {}

  private record OnTheWay(CompletableFuture<RecordMetadata> sent, long tokens) {

    boolean confirmed() {
      return sent.isDone() && !sent.isCompletedExceptionally();
    }

    Optional<Throwable> failure() {
      return sent.handle((taken, error) -> Optional.ofNullable(error)).getNow(Optional.empty());
    }
  }

  /**
   * What became of a delivery so far, in layer tokens.
   *
   * @param summaries that Kafka has taken
   * @param taken tokens in them
   * @param refused in summaries that Kafka has refused
   * @param unconfirmed in summaries that may or may not have arrived
   * @param unsent in summaries that were never handed over
   * @param failure why Kafka refused the last that it did
   */
  record Outcome(
      long summaries,
      long taken,
      long refused,
      long unconfirmed,
      long unsent,
      Optional<Throwable> failure) {

    /**
     * With what was taken while the producer closed. What it failed by closing is not refused: it
     * may have arrived.
     */
    Outcome answeredSince(Outcome closed) {
      long more = closed.taken - taken;
      return new Outcome(
          closed.summaries, closed.taken, refused, unconfirmed - more, unsent, failure);
    }
  }

  Delivery(List<Parcel> parcels) {
    left = new ArrayDeque<>(parcels);
  }

  /** Whether everything was handed over. */
  boolean handedOver() {
    return left.isEmpty();
  }

  /**
   * Hands over what is left, in order, up to the first that Kafka has to be waited for: that one
   * was not taken in, and is the first of the next call.
   */
  void handOver(Producer<String, byte[]> kafka) {
    for (Parcel next = left.peek(); next != null; next = left.peek()) {
      CompletableFuture<RecordMetadata> sent = send(kafka, next.summary);
      OnTheWay parcel = new OnTheWay(sent, next.tokens);
      if (parcel.failure().filter(Delivery::isToBeWaitedFor).isPresent()) {
        return;
      }
      left.remove();
      onTheWay.add(parcel);
    }
  }

  /**
   * A producer that does not know where to send, or has no memory left, says so before it takes a
   * record in. Once it has, it tries for as long as it lives.
   */
  private static boolean isToBeWaitedFor(Throwable failure) {
    return failure instanceof org.apache.kafka.common.errors.TimeoutException
        || failure instanceof InterruptException;
  }

  private static CompletableFuture<RecordMetadata> send(
      Producer<String, byte[]> kafka, ProducerRecord<String, byte[]> summary) {
    CompletableFuture<RecordMetadata> sent = new CompletableFuture<>();
    try {
      Future<RecordMetadata> unused =
          kafka.send(
              summary,
              (taken, error) -> {
                if (error == null) {
                  sent.complete(taken);
                } else {
                  sent.completeExceptionally(error);
                }
              });
    } catch (RuntimeException | Error e) {
      // Its number is taken; the others of the interval go on.
      sent.completeExceptionally(e);
    }
    return sent;
  }

  /** Whether Kafka has answered for everything. */
  boolean settled() {
    return left.isEmpty() && onTheWay.stream().allMatch(each -> each.sent.isDone());
  }

  /** Waits for the answers to what was handed over, at most that long. */
  void await(Duration timeout) {
    CompletableFuture<?>[] all =
        onTheWay.stream().map(OnTheWay::sent).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(all).get(Math.max(0, timeout.toNanos()), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException | ExecutionException e) {
      // The outcome tells.
    }
  }

  Outcome outcome() {
    long summaries = 0;
    long taken = 0;
    long refused = 0;
    long unconfirmed = 0;
    Optional<Throwable> failure = Optional.empty();
    for (OnTheWay each : onTheWay) {
      if (each.confirmed()) {
        summaries++;
        taken += each.tokens;
      } else if (each.sent.isDone()) {
        refused += each.tokens;
        failure = each.failure();
      } else {
        unconfirmed += each.tokens;
      }
    }
    long unsent = left.stream().mapToLong(Parcel::tokens).sum();
    return new Outcome(summaries, taken, refused, unconfirmed, unsent, failure);
  }
}
