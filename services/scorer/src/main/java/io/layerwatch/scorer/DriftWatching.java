package io.layerwatch.scorer;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.DriftDetector;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.score.ModelScores;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds each closed window against its revision's baseline, and publishes what that changes. */
final class DriftWatching implements Processor<String, ModelScores, String, LayerDrift> {

  private static final Logger LOG = LoggerFactory.getLogger(DriftWatching.class);

  private static final char SEPARATOR = '\n';
  static final String STATES = "drift-states";

  private final DriftDetector detector;
  private final Duration retention;
  private final DriftMetrics metrics;
  private ProcessorContext<String, LayerDrift> context;
  private KeyValueStore<String, StoredDrift> states;

  DriftWatching(DriftSettings settings, DriftMetrics metrics) {
    this.detector = new DriftDetector(settings.criteria());
    this.retention = settings.retention();
    this.metrics = metrics;
  }

  @Override
  public void init(ProcessorContext<String, LayerDrift> processorContext) {
    context = processorContext;
    states = context.getStateStore(STATES);
    context.schedule(Duration.ofHours(1), PunctuationType.WALL_CLOCK_TIME, this::forgetBefore);
  }

  @Override
  public void process(Record<String, ModelScores> record) {
    ModelScores window = record.value();
    String key = key(window);
    Optional<StoredDrift> before = Optional.ofNullable(states.get(key));
    DriftDetector.Step step = detector.observe(before.map(StoredDrift::state), window);
    states.put(key, new StoredDrift(window.window().end().toEpochMilli(), step.state()));
    metrics.show(window.model(), window.site(), step.state(), detector);
    for (LayerDrift change : step.changes()) {
      LOG.info(
          "{}: drift {} in layer {} at {}: {}",
          change.model(),
          change.raised() ? "raised" : "cleared",
          change.layer(),
          change.site(),
          change.reason());
      metrics.count(change);
      context.forward(record.withValue(change));
    }
  }

  /** One model's sites are apart; neither names nor revisions have line breaks. */
  private static String key(ModelScores window) {
    return window.model().key() + SEPARATOR + window.site();
  }

  private void forget(String key) {
    states.delete(key);
    int end = key.indexOf(SEPARATOR);
    metrics.forget(ModelId.parse(key.substring(0, end)), key.substring(end + 1));
  }

  private void forgetBefore(long now) {
    List<String> old = new ArrayList<>();
    try (KeyValueIterator<String, StoredDrift> all = states.all()) {
      all.forEachRemaining(
          entry -> {
            if (entry.value.updated() < now - retention.toMillis()) {
              old.add(entry.key);
            }
          });
    }
    old.forEach(this::forget);
  }
}
