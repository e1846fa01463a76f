package io.layerwatch.scorer.size;

import io.layerwatch.analysis.score.Sources;
import java.time.Duration;
import java.util.List;

/**
 * What a load takes, at measured costs.
 *
 * @param load what is observed
 * @param costs what was measured
 */
public record Sizing(Load load, Costs costs) {

  /** Partitions for each thread, since it is chance which names share one. */
  private static final int PARTITIONS_PER_THREAD = 4;

  private static final int FEWEST_PARTITIONS = 4;

  /** What a thread's clients hold at most: a fetch of 50 MB and a producer's buffer of 32. */
  static final double CLIENT_BYTES_PER_THREAD = 82e6;

  /** Instances of a window, where no name is longer than 64 bytes. */
  static final int MOST_INSTANCES = Sources.MOST_NAME_BYTES / Sources.nameBytes("an instance");

  /**
   * What goes to a topic.
   *
   * @param keptBytes on the brokers' disks, replicas included
   */
  public record Traffic(
      String topic, double recordsPerSecond, double bytesPerSecond, double keptBytes) {

    public double bytesPerDay() {
      return bytesPerSecond * Duration.ofDays(1).toSeconds();
    }
  }

  /** Summaries a second that are planned for one thread. */
  double threadRate() {
    return costs.summariesPerSecond() * load.share();
  }

  /** Parts of a model that are needed since one window holds so many instances. */
  long namesForInstances() {
    return ceil((double) load.replicas() / MOST_INSTANCES);
  }

  /** Parts of a model that are needed since it lives in one thread. */
  long namesForRate() {
    return ceil(load.replicas() / Math.max(1, floor(threadRate() / replicaRate())));
  }

  private double replicaRate() {
    return load.summariesPerSecond() / load.models() / load.replicas();
  }

  /** Whether even one replica sends more than is planned for a thread. */
  boolean exceedsThread() {
    return replicaRate() > threadRate();
  }

  /** Names under which each model's replicas report, each with a part of them. */
  public long names() {
    return Math.min(load.replicas(), Math.max(namesForInstances(), namesForRate()));
  }

  long replicasOfName() {
    return ceil((double) load.replicas() / names());
  }

  public long threads() {
    double namesOfThread = Math.max(1, floor(threadRate() / (replicasOfName() * replicaRate())));
    return ceil((double) load.models() * names() / namesOfThread);
  }

  public long processes() {
    return ceil((double) threads() / load.threads());
  }

  /** A power of two. */
  public long partitions() {
    long least = Math.max(FEWEST_PARTITIONS, threads() * PARTITIONS_PER_THREAD);
    return Long.highestOneBit(2 * least - 1);
  }

  /** Processor cores that are busy in all processes together. */
  public double cores() {
    return load.summariesPerSecond() * costs.cpuMicrosPerSummary() / 1e6;
  }

  /** Live objects of all processes together. */
  public double stateBytes() {
    double source = load.openWindows() * costs.heapBytesPerOpenEntry() + costs.heapBytesPerTrack();
    return load.sources() * source + load.keys() * names() * costs.heapBytesPerKey();
  }

  /**
   * For {@code -Xmx}: as much again as is live, since a closing window is held twice, and what the
   * clients of its threads hold while a backlog is worked off.
   */
  public double heapOfProcess() {
    return costs.heapBytesOfProcess()
        + load.threads() * CLIENT_BYTES_PER_THREAD
        + 2 * stateBytes() / processes();
  }

  /** For a container's limit. */
  public double memoryOfProcess() {
    return heapOfProcess() + costs.bytesBesideHeap();
  }

  /** How long a task reads nothing while a name's window closes. */
  public double closingSeconds() {
    double keys = (double) load.sites() * load.layers();
    return keys
        * (costs.closingMicrosPerKey() + replicasOfName() * costs.closingMicrosPerSource())
        / 1e6;
  }

  /**
   * From the start of the process that takes over, at most: with a changelog that was not compacted
   * for long. When it takes over is the group's to say: after a crash, when the session of the dead
   * one is over.
   */
  public double restartSeconds() {
    return costs.restartSeconds()
        + changelogs().bytesAtMost() / processes() / costs.restartBytesPerSecond();
  }

  /** What goes where. */
  public List<Traffic> traffic() {
    double windows = 1 / Load.seconds(load.window());
    double scores = load.models() * names() * load.sites() * windows;
    double scoresSize = RecordSizes.scores(load.layers(), replicasOfName());
    return List.of(
        kept("activation-summaries", load.summariesPerSecond(), RecordSizes.summary()),
        kept("layer-scores", scores, scoresSize),
        keptCompacted("changelogs", changelogs()));
  }

  private Traffic kept(String topic, double records, double size) {
    double bytes = records * size;
    double kept = bytes * Load.seconds(load.retention()) * load.replication();
    return new Traffic(topic, records, bytes, kept);
  }

  private Traffic keptCompacted(String topic, Changelogs changelogs) {
    return new Traffic(
        topic,
        changelogs.recordsPerSecond(),
        changelogs.bytesPerSecond(),
        changelogs.bytesAtMost() * load.replication());
  }

  private Changelogs changelogs() {
    return new Changelogs(load, load.models() * names(), partitions());
  }

  private static double floor(double value) {
    return Math.floor(value + 1e-9);
  }

  private static long ceil(double value) {
    return (long) Math.ceil(value - 1e-9);
  }
}
