package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.probe.Observation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Merges observations into the flush interval in which they were made. Safe for use by several
 * threads; adding holds a lock for some microseconds, never for I/O.
 */
public final class SummaryAccumulator {

  /** After a stall of the process or a jump of its clock, heartbeats of the past help nobody. */
  private static final int MOST_HEARTBEATS = 60;

  private final Clock clock;
  private final Duration flushInterval;
  private final List<Site> sites;
  private final LayerStatistics empty;
  private final int layerCount;
  private final NavigableMap<Instant, Interval> intervals = new TreeMap<>();
  private Instant nextHeartbeat;
  private boolean ended;

  /** One closed interval: every layer of every site, heartbeats where nothing was seen. */
  public record Interval(TimeWindow time, Map<Site, List<LayerStatistics>> layersBySite) {

    /** Tokens seen; every layer and site sees the same. */
    public long tokens() {
      return layersBySite.values().stream()
          .flatMap(List::stream)
          .mapToLong(LayerStatistics::tokens)
          .max()
          .orElse(0);
    }

    /** Tokens of the layer and site that saw the fewest of those that saw any; 0 if none did. */
    long fewestTokens() {
      return layersBySite.values().stream()
          .flatMap(List::stream)
          .mapToLong(LayerStatistics::tokens)
          .filter(tokens -> tokens > 0)
          .min()
          .orElse(0);
    }

    /** The same time, as if nothing had been seen in it. */
    Interval withoutTokens() {
      return mapLayers(layer -> LayerStatistics.empty(layer.nearZero().thresholds()));
    }

    /** The same time, with what becomes of each layer's statistics. */
    Interval mapLayers(UnaryOperator<LayerStatistics> change) {
      Map<Site, List<LayerStatistics>> changed = new EnumMap<>(Site.class);
      layersBySite.forEach(
          (site, layers) -> changed.put(site, layers.stream().map(change).toList()));
      return new Interval(time, changed);
    }

    /** Tokens of every layer at every site, added up. */
    long layerTokens() {
      return layersBySite.values().stream()
          .flatMap(List::stream)
          .mapToLong(LayerStatistics::tokens)
          .sum();
    }

    /** Both intervals in one, from the start of the earlier to the end of the later. */
    Interval merge(Interval other) {
      Map<Site, List<LayerStatistics>> merged = new EnumMap<>(layersBySite);
      other.layersBySite.forEach(
          (site, layers) -> merged.merge(site, layers, SummaryAccumulator::merge));
      return new Interval(time.span(other.time), merged);
    }
  }

  public SummaryAccumulator(
      Clock clock, Duration flushInterval, List<Site> sites, double[] thresholds, int layerCount) {
    this.clock = clock;
    this.flushInterval = flushInterval;
    this.sites = List.copyOf(sites);
    this.empty = LayerStatistics.empty(thresholds);
    this.layerCount = layerCount;
    this.nextHeartbeat = current().start();
  }

  /** Adds what was observed now; false when {@link #takeAll} was called, and nothing is taken. */
  public boolean add(Observation observation) {
    TimeWindow time = current();
    Interval added = new Interval(time, observation.layersBySite());
    synchronized (this) {
      if (!ended) {
        intervals.merge(time.start(), added, Interval::merge);
      }
      return !ended;
    }
  }

  /**
   * Takes every interval that has ended since the last call, oldest first: those in which nothing
   * was observed, too, as heartbeats.
   *
   * <p>All but the running one have ended, those after it too: the clock was set back and left
   * them.
   */
  public synchronized List<Interval> takeEnded() {
    Instant running = current().start();
    addHeartbeatsBefore(running);
    Optional<Interval> unfinished = Optional.ofNullable(intervals.remove(running));
    List<Interval> taken = List.copyOf(intervals.values());
    intervals.clear();
    unfinished.ifPresent(interval -> intervals.put(running, interval));
    return taken;
  }

  /** Takes everything, the running interval too, and ends: nothing can be added any more. */
  public synchronized List<Interval> takeAll() {
    ended = true;
    addHeartbeatsBefore(current().end());
    List<Interval> taken = List.copyOf(intervals.values());
    intervals.clear();
    return taken;
  }

  private void addHeartbeatsBefore(Instant end) {
    Instant earliest = end.minus(flushInterval.multipliedBy(MOST_HEARTBEATS));
    Instant start = nextHeartbeat.isBefore(earliest) ? earliest : nextHeartbeat;
    for (; start.isBefore(end); start = start.plus(flushInterval)) {
      intervals.computeIfAbsent(start, this::heartbeat);
    }
    // Also after a clock was set back: the instance is alive now, not once the clock caught up.
    nextHeartbeat = end;
  }

  private Interval heartbeat(Instant start) {
    Map<Site, List<LayerStatistics>> layers = new EnumMap<>(Site.class);
    sites.forEach(site -> layers.put(site, Collections.nCopies(layerCount, empty)));
    return new Interval(TimeWindow.of(start, flushInterval), layers);
  }

  private TimeWindow current() {
    return TimeWindow.of(clock.instant(), flushInterval);
  }

  private static List<LayerStatistics> merge(List<LayerStatistics> a, List<LayerStatistics> b) {
    List<LayerStatistics> merged = new ArrayList<>(a.size());
    for (int layer = 0; layer < a.size(); layer++) {
      merged.add(a.get(layer).merge(b.get(layer)));
    }
    return merged;
  }
}
