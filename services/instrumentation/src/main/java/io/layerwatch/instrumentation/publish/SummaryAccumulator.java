package io.layerwatch.instrumentation.publish;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.probe.ActivationProbe.Observation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Merges observations into the flush interval in which they were made. Safe for use by several
 * threads; adding holds a lock for some microseconds, never for I/O.
 */
public final class SummaryAccumulator {

  private final Clock clock;
  private final Duration flushInterval;
  private final List<Site> sites;
  private final LayerStatistics empty;
  private final int layerCount;
  private final NavigableMap<Instant, Interval> intervals = new TreeMap<>();
  private Instant nextInterval;

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
    this.nextInterval = current().start();
  }

  /** Adds what was observed now. */
  public void add(Observation observation) {
    TimeWindow time = current();
    Interval added = new Interval(time, observation.layersBySite());
    synchronized (this) {
      intervals.merge(time.start(), added, Interval::merge);
    }
  }

  /**
   * Takes every interval that has ended since the last call, oldest first: those in which nothing
   * was observed, too, as heartbeats.
   */
  public synchronized List<Interval> takeEnded() {
    return takeBefore(current().start());
  }

  /** Takes everything, the running interval too: for the end of the process. */
  public synchronized List<Interval> takeAll() {
    return takeBefore(current().end());
  }

  private List<Interval> takeBefore(Instant end) {
    List<Interval> taken = new ArrayList<>();
    // After a long stall of the clock or the process, heartbeats of the past help nobody.
    Instant firstHeartbeat = end.minus(flushInterval.multipliedBy(60));
    while (nextInterval.isBefore(end)) {
      Interval seen = intervals.remove(nextInterval);
      if (seen != null) {
        taken.add(seen);
      } else if (!nextInterval.isBefore(firstHeartbeat)) {
        taken.add(heartbeat(nextInterval));
      }
      nextInterval = nextInterval.plus(flushInterval);
    }
    // A clock set back leaves observations behind the next interval.
    while (!intervals.isEmpty() && intervals.firstKey().isBefore(nextInterval)) {
      taken.add(0, intervals.pollFirstEntry().getValue());
    }
    return taken;
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
