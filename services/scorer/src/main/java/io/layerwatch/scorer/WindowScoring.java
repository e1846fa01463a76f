package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.Received;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * Keeps the summaries of open windows and scores a window when it closes.
 *
 * <p>A window closes when its model's event time passes its end and the grace. A model that has
 * fallen silent has no event time to wait for: its due windows close by the wall clock, once
 * nothing was heard of it for the idle timeout. A summary for a closed window is late: counted, and
 * otherwise without effect.
 */
final class WindowScoring implements Processor<String, Object, String, Object> {

  static final String SUMMARIES = "open-window-summaries";
  static final String CLOCKS = "model-clocks";

  private final ScorerSettings settings;
  private final ScorerMetrics metrics;
  private final DeadLetters deadLetters;
  private final Map<String, Long> lastHeard = new HashMap<>();
  private final Set<String> shown = new HashSet<>();
  private ProcessorContext<String, Object> context;
  private OpenWindows windows;
  private KeyValueStore<String, ModelClock> clocks;
  private long startedAt;

  WindowScoring(ScorerSettings settings, ScorerMetrics metrics, DeadLetters deadLetters) {
    this.settings = settings;
    this.metrics = metrics;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    context = processorContext;
    windows = new OpenWindows(context.getStateStore(SUMMARIES), settings.windowSize());
    clocks = context.getStateStore(CLOCKS);
    startedAt = context.currentSystemTimeMs();
    context.schedule(
        Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, this::closeSilentModels);
  }

  @Override
  public void process(Record<String, Object> record) {
    Received<?> received = (Received<?>) record.value();
    ActivationSummary summary = (ActivationSummary) received.value();
    lastHeard.put(record.key(), context.currentSystemTimeMs());
    try {
      SummaryCheck.require(summary, settings, Instant.ofEpochMilli(context.currentSystemTimeMs()));
      score(record.key(), summary);
    } catch (InvalidRecordException fault) {
      metrics.countRejected(summary);
      var origin = context.recordMetadata().orElseThrow();
      context.forward(
          deadLetters.letter(record.withValue(received.bytes()), origin, fault),
          ScoringTopology.REJECTED);
    }
  }

  private void score(String model, ActivationSummary summary) {
    ModelClock stored = clocks.get(model);
    ModelClock clock = stored == null ? ModelClock.START : stored;
    if (windows.windowOf(summary).end().toEpochMilli() <= clock.closedUpTo()) {
      metrics.countLate(summary);
      return;
    }
    requireSameShape(summary);
    windows.add(summary);
    metrics.countAccepted(summary);
    ModelClock advanced = clock.advancedTo(summary.interval().start().toEpochMilli());
    if (!advanced.equals(clock)) {
      clocks.put(model, closeByEventTime(model, advanced));
    }
  }

  /** Two models under one name and revision must not mix. */
  private void requireSameShape(ActivationSummary summary) {
    ModelShape expected = windows.shapeBeside(summary);
    if (!summary.shape().equals(expected)) {
      throw new InvalidRecordException(
          Kind.IMPOSSIBLE,
          "shape: expected "
              + expected
              + ", as others said of this model and revision in this window, got "
              + summary.shape());
    }
  }

  private ModelClock closeByEventTime(String model, ModelClock clock) {
    long closed = clock.streamTime() - settings.grace().toMillis();
    long size = settings.windowSize().toMillis();
    if (Math.floorDiv(closed, size) * size <= clock.closedUpTo()) {
      return clock;
    }
    windows.takeUntil(model, closed).forEach(window -> publish(model, window));
    return clock.closedUpTo(Math.floorDiv(closed, size) * size);
  }

  private void closeSilentModels(long now) {
    List<KeyValue<String, ModelClock>> models = new ArrayList<>();
    try (KeyValueIterator<String, ModelClock> all = clocks.all()) {
      all.forEachRemaining(models::add);
    }
    for (KeyValue<String, ModelClock> model : models) {
      long silence = now - lastHeard.getOrDefault(model.key, startedAt);
      if (silence >= settings.idleTimeout().toMillis()) {
        closeByWallClock(model.key, model.value, now - settings.grace().toMillis());
      }
    }
  }

  /**
   * Closes only the windows that have something to say. Those in which nothing was heard stay open:
   * what instances held back while Kafka was away is still welcome.
   */
  private void closeByWallClock(String model, ModelClock clock, long time) {
    ModelClock closed = clock;
    for (WindowMerge window : windows.takeUntil(model, time)) {
      publish(model, window);
      closed = closed.closedUpTo(window.window().end().toEpochMilli());
    }
    if (!closed.equals(clock)) {
      clocks.put(model, closed);
    }
  }

  private void publish(String model, WindowMerge window) {
    long end = window.window().end().toEpochMilli();
    shown.add(model);
    for (ModelScores scores : window.scores(settings.sparsityThreshold())) {
      metrics.show(scores);
      context.forward(new Record<>(model, scores, end), ScoringTopology.SCORES);
    }
  }

  @Override
  public void close() {
    metrics.forget(shown);
  }
}
