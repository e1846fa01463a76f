package io.layerwatch.benchmarks.capacity;

import io.layerwatch.scorer.ScorerSettings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an open entry of a fleet weighs, how long the task pauses while it closes a window, and how
 * long it takes to restore.
 *
 * <p>Windows close in the midst of the next one, as in production, so that as many entries stay.
 *
 * @param settings of the scorer
 */
record StateTrial(Fleet fleet, int rounds, Map<String, String> settings) {

  private static final int COLLECTIONS = 5;
  private static final String APPLICATION = "state";

  /**
   * What was measured.
   *
   * @param bytesPerEntry heap for a (window, site, layer, instance) that is open
   * @param closingSeconds of each window
   */
  record Result(double bytesPerEntry, List<Double> closingSeconds, Restore restore) {}

  Result run() {
    Map<String, String> own = new HashMap<>(settings);
    own.put(ScorerSettings.WINDOW_SIZE, Feed.WINDOW.toSeconds() + "s");
    own.put(ScorerSettings.WINDOW_GRACE, Feed.GRACE.toSeconds() + "s");
    try (Laboratory laboratory = new Laboratory()) {
      double entry;
      List<Double> closing = new ArrayList<>();
      try (RunningScorer scorer = laboratory.score(APPLICATION, own)) {
        Feed feed = feed(laboratory, scorer, fleet);
        // Clients and broker, too, take memory at first; and code is slow at first.
        feed.openWindow();
        feed.closeWindowBefore();
        for (int round = 0; round < rounds; round++) {
          feed.openWindow();
          double before = scorer.closingSeconds();
          feed.closeWindowBefore();
          closing.add(scorer.closingSeconds() - before);
        }
        long before = usedHeap();
        feed.openWindow();
        entry = (double) (usedHeap() - before) / fleet.sources();
        feed.closeWindowBefore();
      }
      return new Result(entry, closing, Restore.measure(laboratory, APPLICATION, own));
    }
  }

  private static Feed feed(Laboratory laboratory, RunningScorer scorer, Fleet fleet) {
    return new Feed(laboratory, fleet, () -> scorer.awaitAccepted(laboratory.published()));
  }

  /** After collections, the least that was seen: others than the state come and go. */
  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
