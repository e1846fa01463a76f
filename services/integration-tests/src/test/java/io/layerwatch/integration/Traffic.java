package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Requests of one phase of a test, one after the other, all of which succeeded.
 *
 * @param seconds how long each took
 */
record Traffic(List<Double> seconds) {

  private static final int FEWEST = 6;

  /** Sends requests for that long, but some at least, and looks after each. */
  static Traffic serve(ApiClient client, Duration phase, Runnable look) {
    List<Double> seconds = new ArrayList<>();
    long end = System.nanoTime() + phase.toNanos();
    while (System.nanoTime() < end || seconds.size() < FEWEST) {
      ObjectNode body =
          ApiClient.JSON
              .createObjectNode()
              .put("prompt", "KING:\nMy lords, the night is cold")
              .put("max_tokens", 8)
              .put("temperature", 0);
      long start = System.nanoTime();
      var response = client.send(body);
      seconds.add((System.nanoTime() - start) / 1e9);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      look.run();
    }
    return new Traffic(seconds);
  }

  int requests() {
    return seconds.size();
  }

  /**
   * Noise between two phases on a busy machine is large; a request that waits for Kafka waits for
   * two seconds and more.
   */
  void assertAsQuickAs(Traffic before) {
    assertThat(median()).as("median").isLessThan(2 * before.median() + 0.3);
    assertThat(Collections.max(seconds))
        .as("maximum")
        .isLessThan(Collections.max(before.seconds) + 1.5);
  }

  private double median() {
    List<Double> sorted = seconds.stream().sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
