package io.layerwatch.runtime.metrics;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.MetricName;

/**
 * Sums of counters, by topic, that never fall: a client that is closed, or a task that moves away,
 * takes its counter along, but not what it has counted. What it counted after the last reading is
 * lost. Not safe for use by several threads.
 */
final class RisingSums {

  private final Map<String, Double> sums = new HashMap<>();
  private Map<MetricName, Double> last = Map.of();

  /** The sums, once what the counters have risen by is added. */
  Map<String, Double> read(Map<MetricName, Double> counters) {
    counters.forEach(
        (counter, value) -> {
          double before = last.getOrDefault(counter, 0.0);
          // One that is less than it was has begun anew.
          double rise = value >= before ? value - before : value;
          sums.merge(KafkaFamily.topic(counter), rise, Double::sum);
        });
    last = counters;
    return Map.copyOf(sums);
  }
}
