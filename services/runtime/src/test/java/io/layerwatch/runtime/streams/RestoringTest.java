package io.layerwatch.runtime.streams;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RestoringTest {

  private static final TopicPartition WINDOWS = new TopicPartition("windows-changelog", 0);
  private static final TopicPartition TRACKS = new TopicPartition("tracks-changelog", 0);

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final AtomicLong now = new AtomicLong();
  private final Restoring restoring = new Restoring("scorer", metrics, now::get);

  @Test
  void timeInWhichSeveralChangelogsAreReadCountsOnce() {
    restoring.onRestoreStart(WINDOWS, "windows", 0, 10);
    pass(Duration.ofSeconds(1));
    restoring.onRestoreStart(TRACKS, "tracks", 0, 5);
    restoring.onBatchRestored(WINDOWS, "windows", 9, 10);
    restoring.onRestoreEnd(WINDOWS, "windows", 10);
    // Who looks while it goes on sees how long it has taken.
    assertThat(value("layerwatch_scorer_restoring_seconds")).isEqualTo(1);
    pass(Duration.ofSeconds(2));
    restoring.onBatchRestored(TRACKS, "tracks", 4, 5);
    restoring.onRestoreEnd(TRACKS, "tracks", 5);

    assertThat(value("layerwatch_scorer_restoring_seconds")).isEqualTo(3);
    assertThat(value("layerwatch_scorer_restored_records")).isEqualTo(15);
  }

  @Test
  void timeBetweenTwoRestoresDoesNotCount() {
    restoring.onRestoreStart(WINDOWS, "windows", 0, 10);
    pass(Duration.ofSeconds(1));
    restoring.onRestoreEnd(WINDOWS, "windows", 10);
    pass(Duration.ofHours(1));
    restoring.onRestoreStart(WINDOWS, "windows", 0, 10);
    pass(Duration.ofSeconds(1));
    restoring.onRestoreEnd(WINDOWS, "windows", 10);

    assertThat(value("layerwatch_scorer_restoring_seconds")).isEqualTo(2);
  }

  @Test
  void aPartitionThatGoesElsewhereIsReadNoLonger() {
    restoring.onRestoreStart(WINDOWS, "windows", 0, 10);
    restoring.onBatchRestored(WINDOWS, "windows", 3, 4);
    pass(Duration.ofSeconds(1));
    restoring.onRestoreSuspended(WINDOWS, "windows", 4);
    pass(Duration.ofHours(1));

    assertThat(value("layerwatch_scorer_restoring_seconds")).isEqualTo(1);
    assertThat(value("layerwatch_scorer_restored_records")).isEqualTo(4);
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  private double value(String name) {
    MetricSnapshot snapshot = metrics.scrape(name::equals).stream().findFirst().orElseThrow();
    return ((CounterSnapshot) snapshot).getDataPoints().get(0).getValue();
  }
}
