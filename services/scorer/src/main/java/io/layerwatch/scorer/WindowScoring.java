package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.runtime.streams.DeadLetters;
import io.layerwatch.runtime.streams.Received;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.scorer.state.LiveStore;
import io.layerwatch.scorer.state.OrderedState;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Keeps the summaries of open windows and scores a window when it closes.
 *
 * <p>A window closes when its model's watermark passes its end and the grace: when all live
 * instances have reported that far. A model of which nobody is heard has no event time to wait for:
 * its due windows close by the wall clock, once the model timeout has passed. A summary for a
 * closed window is late: counted, and otherwise without effect.
 */
final class WindowScoring implements Processor<String, Object, Object, Object> {

  static final String WINDOWS = "open-windows";
  static final String MODELS = "models";
  static final String INSTANCES = "instances";
  static final String TRACKS = "sequence-tracks";

  private final ScorerSettings settings;
  private final ScorerMetrics metrics;
  private final DeadLetters deadLetters;
  private final Set<String> shown = new HashSet<>();
  private ProcessorContext<Object, Object> context;
  private OpenWindows windows;
  private SequenceTracks tracks;
  private InstanceClocks instances;
  private OrderedState<String, ModelProgress> models;
  private PromptCommits commits;

  WindowScoring(ScorerSettings settings, ScorerMetrics metrics, DeadLetters deadLetters) {
    this.settings = settings;
    this.metrics = metrics;
    this.deadLetters = deadLetters;
  }

  @Override
  public void init(ProcessorContext<Object, Object> processorContext) {
    context = processorContext;
    windows = new OpenWindows(this.<Bytes, WindowReport>store(WINDOWS), settings.windowSize());
    tracks = new SequenceTracks(store(TRACKS));
    instances = new InstanceClocks(store(INSTANCES), settings, now());
    models = store(MODELS);
    commits = new PromptCommits(context);
    this.<String, ModelProgress>store(MODELS).onCommit(commits::committed);
    context.schedule(Duration.ofSeconds(1), PunctuationType.WALL_CLOCK_TIME, this::passTime);
  }

  private <K extends Comparable<K>, V> LiveStore<K, V> store(String name) {
    return context.getStateStore(name);
  }

  @Override
  public void process(Record<String, Object> record) {
    Received<?> received = (Received<?>) record.value();
    ActivationSummary summary = (ActivationSummary) received.value();
    commits.change();
    try {
      SummaryCheck.require(summary, settings, Instant.ofEpochMilli(now()));
      score(record.key(), summary);
    } catch (InvalidRecordException fault) {
      metrics.countRejected(summary);
      context.forward(
          deadLetters.letter(received.asItCame(record), context, fault), ScoringTopology.REJECTED);
    }
  }

  private void score(String model, ActivationSummary summary) {
    ModelProgress progress = progress(model);
    TimeWindow window = windows.windowOf(summary);
    boolean late = window.end().toEpochMilli() <= progress.closedUpTo();
    Ledger before = progress.ledger();
    Optional<Ledger> after =
        late ? tracks.addLate(model, summary, before) : addInTime(model, window, summary, before);
    metrics.count(summary, late, after.isEmpty());
    progress = progress.with(after.orElse(before.withDuplicate(summary.statistics().tokens())));
    if (instances.heard(model, summary.instance(), summary.interval(), now())) {
      progress = closeByWatermark(model, progress);
      expectClosing(progress.watermark(), summary.interval());
    }
    models.put(model, progress);
  }

  private Optional<Ledger> addInTime(
      String model, TimeWindow window, ActivationSummary summary, Ledger ledger) {
    return windows.add(model, window, summary) == Addition.DUPLICATE
        ? Optional.empty()
        : Optional.of(ledger.withAccepted(summary.statistics().tokens()));
  }

  /** Whether the next intervals will close a window, if they are as long as that one. */
  private void expectClosing(long watermark, TimeWindow interval) {
    if (dueAt(watermark + interval.size().toMillis()) > dueAt(watermark)) {
      commits.expectRequest();
    }
  }

  private void passTime(long now) {
    Map<String, ModelProgress> known = new LinkedHashMap<>();
    models.forEach(known::put);
    known.forEach((model, progress) -> passTime(model, progress, now));
  }

  private void passTime(String model, ModelProgress before, long now) {
    ModelProgress after =
        instances.silence(model, now) >= settings.modelTimeout().toMillis()
            ? closeByWallClock(model, before, now - settings.grace().toMillis())
            : closeByWatermark(model, before);
    if (!after.equals(before)) {
      models.put(model, after);
    }
    instances.forgetSilent(model, now).forEach(instance -> tracks.forget(model, instance));
    if (instances.remembersAny(model)) {
      shown.add(model);
      metrics.show(ModelId.parse(model), after);
    } else if (shown.remove(model)) {
      metrics.forget(List.of(model));
    }
  }

  private ModelProgress closeByWatermark(String model, ModelProgress progress) {
    OptionalLong watermark = instances.watermark(model, now());
    if (watermark.isEmpty()) {
      return progress;
    }
    ModelProgress advanced = progress.advancedTo(watermark.getAsLong());
    long end = dueAt(advanced.watermark());
    return end <= advanced.closedUpTo()
        ? advanced
        : metrics
            .timeClosing(() -> close(model, advanced, windows.takeUntil(model, end)))
            .withClosedUpTo(end);
  }

  /** Windows that end there or before have to close once the watermark is at that. */
  private long dueAt(long watermark) {
    long size = settings.windowSize().toMillis();
    return Math.floorDiv(watermark - settings.grace().toMillis(), size) * size;
  }

  /**
   * Closes only the windows that have something to say. Those in which nothing was heard stay open:
   * what instances held back while Kafka was away is still welcome.
   */
  private ModelProgress closeByWallClock(String model, ModelProgress progress, long time) {
    List<WindowMerge> due = windows.takeUntil(model, time);
    ModelProgress closed = close(model, progress, due);
    for (WindowMerge window : due) {
      closed = closed.withClosedUpTo(window.window().end().toEpochMilli());
    }
    return closed;
  }

  private ModelProgress close(String model, ModelProgress progress, List<WindowMerge> taken) {
    // A standby that missed that entries were deleted may hold windows that are closed already.
    List<WindowMerge> due =
        taken.stream()
            .filter(window -> window.window().end().toEpochMilli() > progress.closedUpTo())
            .toList();
    if (due.isEmpty()) {
      return progress;
    }
    Ledger ledger = tracks.addClosing(model, due, windows.lowestNumbers(model), progress.ledger());
    ModelProgress published = progress.with(ledger);
    for (WindowMerge window : due) {
      published = publish(model, window, published);
    }
    // Who waits for a score need not wait for the next commit.
    commits.request();
    return published;
  }

  private ModelProgress publish(String model, WindowMerge window, ModelProgress progress) {
    long end = window.window().end().toEpochMilli();
    // A window in which nobody was heard is not published, and names nobody.
    long since =
        progress.publishedUpTo() > 0
            ? progress.publishedUpTo()
            : window.window().start().toEpochMilli();
    List<String> silent = Sources.fitting(instances.silentIn(model, since, end, now()));
    shown.add(model);
    for (ModelScores scores : window.scores(silent, settings.sparsityThreshold())) {
      metrics.show(scores);
      // Brokers refuse records of the future, which a clock that is ahead can make of a window.
      Record<Object, Object> record = new Record<>(model, scores, Math.min(end, now()));
      context.forward(record, ScoringTopology.SCORES);
      context.forward(record, ScoringTopology.WATCHING);
    }
    return progress.withPublishedUpTo(end);
  }

  private ModelProgress progress(String model) {
    return models.get(model).orElse(ModelProgress.START);
  }

  private long now() {
    return context.currentSystemTimeMs();
  }

  @Override
  public void close() {
    metrics.forget(shown);
  }
}
