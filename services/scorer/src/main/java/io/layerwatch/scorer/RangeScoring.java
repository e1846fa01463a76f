package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.scorer.state.MemoryState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Scores the windows of a past range of time from its summaries: what the live scorer does, with
 * the same code, except that nothing is late. Summaries come in any order; those outside the range
 * tell only what is missing at its ends, and who was heard before.
 *
 * <p>It holds (windows of the range) × sites × layers × instances entries for each model.
 */
public final class RangeScoring {

  /** Heap that an entry needs at most, with a ladder of five and names of usual length. */
  public static final long BYTES_PER_ENTRY = 1_000;

  /** What became of a summary. */
  public enum Outcome {
    USED,
    DUPLICATE,
    OUTSIDE
  }

  private final ScorerSettings settings;
  private final TimeWindow range;
  private final Instant readFrom;
  private final Instant now;
  private final OpenWindows windows;
  private final SequenceTracks tracks = new SequenceTracks(new MemoryState<>());
  private final Map<String, Surroundings> models = new TreeMap<>();
  private int entries;

  /** What the summaries around the range tell of a model. */
  private static final class Surroundings {
    private final Map<String, Long> toldUpTo = new TreeMap<>();
    private final Map<SummarySource, LowestNumbers> lowestAfter = new HashMap<>();
    private boolean beginningUnread;
  }

  private record Closed(WindowMerge window, List<String> silent) {}

  /**
   * Scores that range.
   *
   * @param range whole windows
   * @param readFrom from where on all summaries are added, also where earlier ones are not
   * @param now the machine's clock
   */
  public RangeScoring(ScorerSettings settings, TimeWindow range, Instant readFrom, Instant now) {
    this.settings = settings;
    this.range = range;
    this.readFrom = readFrom;
    this.now = now;
    this.windows = new OpenWindows(new MemoryState<>(), settings.windowSize());
  }

  /**
   * Takes a summary.
   *
   * @throws InvalidRecordException for one of the range that cannot be scored
   */
  public Outcome add(ActivationSummary summary) {
    Instant start = summary.interval().start();
    if (start.isBefore(range.start()) || !start.isBefore(range.end())) {
      remember(summary);
      return Outcome.OUTSIDE;
    }
    SummaryCheck.require(summary, settings, now);
    Addition addition = windows.add(summary.model().key(), windows.windowOf(summary), summary);
    entries += addition == Addition.FIRST ? 1 : 0;
    hear(summary);
    return addition == Addition.DUPLICATE ? Outcome.DUPLICATE : Outcome.USED;
  }

  /** Not all of the model's summaries from before {@code readFrom} are added. */
  public void missBeginning(String model) {
    of(model).beginningUnread = true;
  }

  /** Entries held, each for one window, site, layer and instance. */
  public int size() {
    return entries;
  }

  private void remember(ActivationSummary summary) {
    try {
      SummaryCheck.require(summary, settings, now);
    } catch (InvalidRecordException e) {
      // As live, its number counts as missing; whose fault it is, is not asked of this range.
      return;
    }
    String model = summary.model().key();
    Instant start = summary.interval().start();
    hear(summary);
    if (!start.isBefore(range.start())) {
      of(model)
          .lowestAfter
          .computeIfAbsent(SummarySource.of(summary), none -> new LowestNumbers())
          .take(summary.layer(), summary.sequenceNumber());
      return;
    }
    if (of(model).beginningUnread && start.isBefore(readFrom)) {
      // It came late; of what lies between it and the rest, nothing is known.
      return;
    }
    tracks.addLate(model, summary, Ledger.EMPTY);
  }

  private void hear(ActivationSummary summary) {
    of(summary.model().key())
        .toldUpTo
        .merge(summary.instance(), summary.interval().end().toEpochMilli(), Math::max);
  }

  /** Closes all windows and scores them, in order of time, then model, then site. */
  public Stream<ModelScores> close() {
    List<Closed> closed = new ArrayList<>();
    models.forEach((model, surroundings) -> closed.addAll(close(model, surroundings)));
    // Stable, and the models are in order.
    closed.sort(Comparator.comparing(each -> each.window().window().start()));
    return closed.stream()
        .flatMap(
            each -> each.window().scores(each.silent(), settings.sparsityThreshold()).stream());
  }

  private List<Closed> close(String model, Surroundings surroundings) {
    List<WindowMerge> due = windows.takeUntil(model, range.end().toEpochMilli());
    if (surroundings.beginningUnread) {
      assumeBeginning(model, due);
    }
    tracks.addClosing(model, due, surroundings.lowestAfter, Ledger.EMPTY);
    List<Closed> closed = new ArrayList<>();
    Instant since = range.start();
    for (WindowMerge window : due) {
      Instant end = window.window().end();
      closed.add(new Closed(window, silentBetween(since, end, surroundings)));
      since = end;
    }
    return closed;
  }

  private static List<String> silentBetween(Instant since, Instant end, Surroundings surroundings) {
    return surroundings.toldUpTo.entrySet().stream()
        .filter(told -> told.getValue() >= since.toEpochMilli())
        .filter(told -> told.getValue() < end.toEpochMilli())
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * Nothing is known of a source before its first summary here, except that its numbers grow with
   * time: no more summaries are missing from the window than fit between its start and that first.
   */
  private void assumeBeginning(String model, List<WindowMerge> due) {
    Map<SummarySource, BitSet> begun = new HashMap<>();
    for (WindowMerge window : due) {
      for (WindowReport report : window.reports().values()) {
        BitSet layers = begun.computeIfAbsent(report.source(), none -> new BitSet());
        report
            .contributions()
            .forEach(
                (layer, first) -> {
                  if (!layers.get(layer)) {
                    layers.set(layer);
                    long earlier = first.numbers().first();
                    long missing = Math.min(earlier, first.fittingBefore(window.window().start()));
                    tracks.assumeSeenBelow(model, report.source(), layer, earlier - missing);
                  }
                });
      }
    }
  }

  private Surroundings of(String model) {
    return models.computeIfAbsent(model, absent -> new Surroundings());
  }
}
