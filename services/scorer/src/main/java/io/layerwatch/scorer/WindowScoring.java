package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
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
  private final Topics topics;
  private final ScorerMetrics metrics;
  private final DeadLetters deadLetters;
  private final Map<String, Long> lastHeard = new HashMap<>();
  private ProcessorContext<String, Object> context;
  private KeyValueStore<Bytes, ActivationSummary> summaries;
  private KeyValueStore<String, ModelClock> clocks;
  private long startedAt;

  WindowScoring(
      ScorerSettings settings, Topics topics, ScorerMetrics metrics, DeadLetters deadLetters) {
    this.settings = settings;
    this.topics = topics;
    this.metrics = metrics;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<String, Object> processorContext) {
    context = processorContext;
    summaries = context.getStateStore(SUMMARIES);
    clocks = context.getStateStore(CLOCKS);
    startedAt = context.currentSystemTimeMs();
    context.schedule(
        Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, this::closeSilentModels);
  }

  @Override
  public void process(Record<String, Object> record) {
    ActivationSummary summary = (ActivationSummary) record.value();
    String model = record.key();
    lastHeard.put(model, context.currentSystemTimeMs());
    int layerCount = summary.shape().layerCount();
    ModelClock clock = orElse(clocks.get(model), ModelClock.start(layerCount));
    if (layerCount != clock.layerCount()) {
      reject(record, summary, clock);
      return;
    }
    TimeWindow window = TimeWindow.of(summary.interval().start(), settings.windowSize());
    if (window.end().toEpochMilli() <= clock.closedUpTo()) {
      metrics.countLate(summary);
      return;
    }
    keep(model, window, summary);
    metrics.countAccepted(summary);
    ModelClock advanced = clock.advancedTo(summary.interval().end().toEpochMilli());
    if (!advanced.equals(clock)) {
      clocks.put(model, advanced);
      close(model, advanced, advanced.streamTime());
    }
  }

  /** Two models of different depth under one name and revision must not mix. */
  private void reject(Record<String, Object> record, ActivationSummary summary, ModelClock clock) {
    var fault =
        new InvalidRecordException(
            Kind.IMPOSSIBLE,
            "layerCount: expected "
                + clock.layerCount()
                + ", as this model and revision had before, got "
                + summary.shape().layerCount());
    var serializer = topics.activationSummaries().serde().serializer();
    byte[] bytes = serializer.serialize(topics.activationSummaries().name(), summary);
    Record<String, Object> letter =
        deadLetters
            .letter(record.withValue(bytes), context.recordMetadata().orElseThrow(), fault)
            .withValue(bytes);
    context.forward(letter, ScoringTopology.REJECTED);
  }

  private void keep(String model, TimeWindow window, ActivationSummary summary) {
    Bytes key =
        Bytes.wrap(
            SummaryKey.of(
                model,
                window.start().toEpochMilli(),
                summary.site(),
                summary.layer(),
                summary.instance()));
    ActivationSummary before = summaries.get(key);
    summaries.put(key, before == null ? summary : before.merge(summary));
  }

  private void closeSilentModels(long now) {
    List<KeyValue<String, ModelClock>> models = new ArrayList<>();
    try (KeyValueIterator<String, ModelClock> all = clocks.all()) {
      all.forEachRemaining(models::add);
    }
    for (KeyValue<String, ModelClock> model : models) {
      long silence = now - lastHeard.getOrDefault(model.key, startedAt);
      if (silence >= settings.idleTimeout().toMillis()) {
        close(model.key, model.value, now);
      }
    }
  }

  /** Closes every window of the model whose end and grace lie at or before that time. */
  private void close(String model, ModelClock clock, long time) {
    long lastEnd = time - settings.grace().toMillis();
    if (lastEnd <= clock.closedUpTo()) {
      return;
    }
    long size = settings.windowSize().toMillis();
    long firstOpenStart = Math.floorDiv(lastEnd, size) * size;
    if (firstOpenStart <= clock.closedUpTo()) {
      return;
    }
    List<Bytes> used = new ArrayList<>();
    for (WindowMerge window : windowsBefore(model, firstOpenStart, used)) {
      publish(model, window);
    }
    used.forEach(summaries::delete);
    clocks.put(model, clock.closedUpTo(firstOpenStart));
  }

  /** The model's windows that start before that one, oldest first; adds the keys to the list. */
  private List<WindowMerge> windowsBefore(String model, long windowStart, List<Bytes> used) {
    List<WindowMerge> windows = new ArrayList<>();
    Bytes from = Bytes.wrap(SummaryKey.from(model, 0));
    Bytes end = Bytes.wrap(SummaryKey.from(model, windowStart));
    try (KeyValueIterator<Bytes, ActivationSummary> range = summaries.range(from, end)) {
      while (range.hasNext()) {
        KeyValue<Bytes, ActivationSummary> entry = range.next();
        if (entry.key.compareTo(end) >= 0) {
          break;
        }
        TimeWindow window = TimeWindow.of(entry.value.interval().start(), settings.windowSize());
        if (windows.isEmpty() || !windows.get(windows.size() - 1).window().equals(window)) {
          windows.add(new WindowMerge(window));
        }
        windows.get(windows.size() - 1).add(entry.value);
        used.add(entry.key);
      }
    }
    return windows;
  }

  private void publish(String model, WindowMerge window) {
    Instant end = window.window().end();
    for (ModelScores scores : window.scores(settings.sparsityThreshold())) {
      metrics.show(scores);
      context.forward(new Record<>(model, scores, end.toEpochMilli()), ScoringTopology.SCORES);
    }
  }

  private static <T> T orElse(T value, T otherwise) {
    return value == null ? otherwise : value;
  }

  @Override
  public void close() {
    metrics.forget(lastHeard.keySet());
  }
}
