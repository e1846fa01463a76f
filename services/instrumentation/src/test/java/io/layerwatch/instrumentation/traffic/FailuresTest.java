package io.layerwatch.instrumentation.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.testing.LogRecording;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class FailuresTest {

  private long now;
  private final Failures failures = new Failures(Duration.ofNanos(10), () -> now);

  @Test
  void aKindIsSaidOnceUntilItIsOver() {
    try (LogRecording log = new LogRecording()) {
      failures.seen("status 429", "full");
      failures.answered();
      now = 9;
      failures.seen("status 429", "full");
      now = 18;
      failures.answered();
      assertThat(log.warnings()).singleElement().asString().contains("status 429: full");
      now = 19;
      failures.answered();
      failures.answered();
      failures.seen("status 429", "full again");
      failures.seen("status 503", "stopping");
      assertThat(log.warnings()).hasSize(3).element(1).asString().contains("429: full again");
    }
  }
}
