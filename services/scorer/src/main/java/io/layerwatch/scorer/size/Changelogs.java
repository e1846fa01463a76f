package io.layerwatch.scorer.size;

import java.time.Duration;
import java.util.List;

/**
 * What the scorer's state takes on the brokers, before replication and without the markers of
 * transactions: a changelog for each of its stores.
 *
 * @param names of all models together
 * @param partitions of each changelog
 */
record Changelogs(Load load, long names, long partitions) {

  private static final double SEGMENT = 64 << 20;

  /** A segment that is not full is closed after this, which is Kafka's default. */
  private static final Duration SEGMENT_AGE = Duration.ofDays(7);

  /** One before the flush that closes it, and one when it does. */
  private static final int COMMITS_OF_A_WINDOW = 2;

  /** How long a changelog remembers that an entry is gone. */
  private static final Duration TOMBSTONES = Duration.ofHours(6);

  /**
   * A store's.
   *
   * @param entries that live
   * @param written entries a second
   * @param size of an entry
   * @param deleted entries a second
   */
  private record Store(double entries, double written, double size, double deleted) {

    double recordsPerSecond() {
      return written + deleted;
    }

    double bytesPerSecond() {
      return written * size + deleted * RecordSizes.tombstone();
    }

    double bytesAtMost(long partitions) {
      double gone = deleted * Load.seconds(TOMBSTONES) * RecordSizes.tombstone();
      double active = Math.min(SEGMENT * partitions, bytesPerSecond() * Load.seconds(SEGMENT_AGE));
      return 2 * (entries * size + gone) + active;
    }
  }

  private List<Store> stores() {
    double windows = 1 / Load.seconds(load.window());
    double commits =
        Math.min(
            1 / Load.seconds(load.flush()),
            1 / Load.seconds(RecordSizes.COMMIT) + COMMITS_OF_A_WINDOW * windows);
    double reports = load.reports();
    double instances = reports / load.sites();
    double sites = (double) names * load.sites();
    int layers = load.layers();
    return List.of(
        new Store(
            reports * load.openWindows(),
            reports * commits,
            RecordSizes.report(layers),
            reports * windows),
        new Store(reports, reports * windows, RecordSizes.tracks(layers), 0),
        new Store(instances, instances * commits, RecordSizes.clock(), 0),
        new Store(names, names * commits, RecordSizes.progress(), 0),
        new Store(sites, sites * windows, RecordSizes.drift(layers), 0));
  }

  double recordsPerSecond() {
    return stores().stream().mapToDouble(Store::recordsPerSecond).sum();
  }

  double bytesPerSecond() {
    return stores().stream().mapToDouble(Store::bytesPerSecond).sum();
  }

  /**
   * The most that compaction leaves: live entries and what tells that others are gone, as much
   * again that is due to go, and the segments that are written to.
   */
  double bytesAtMost() {
    return stores().stream().mapToDouble(store -> store.bytesAtMost(partitions)).sum();
  }
}
