package io.layerwatch.scorer.size;

import io.layerwatch.analysis.ModelShape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What is observed, and how.
 *
 * @param replicas of each model
 * @param flush interval of the instances
 * @param retention of the topics
 * @param replication of topics and changelogs
 * @param threads of each scorer process
 * @param share of a thread's measured rate that is planned with; the rest works off a backlog
 */
public record Load(
    int models,
    int sites,
    int layers,
    int replicas,
    Duration flush,
    Duration window,
    Duration grace,
    Duration retention,
    int replication,
    int threads,
    double share) {

  private static final int MOST = 1_000_000;
  private static final int MOST_SITES = 100;
  private static final int MOST_COPIES = 100;
  private static final int MOST_THREADS = 1_000;

  /** What is wrong with it, in a sentence each. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    requireUpTo(MOST, "models", models, problems);
    requireUpTo(MOST_SITES, "sites", sites, problems);
    requireUpTo(ModelShape.MOST_LAYERS, "layers", layers, problems);
    requireUpTo(MOST, "replicas", replicas, problems);
    requireUpTo(MOST_COPIES, "replication", replication, problems);
    requireUpTo(MOST_THREADS, "threads", threads, problems);
    requirePositive("window", window, problems);
    requirePositive("flush", flush, problems);
    requirePositive("retention", retention, problems);
    if (problems.isEmpty() && window.toMillis() % flush.toMillis() != 0) {
      problems.add(
          "--flush: expected an interval that divides the window of %s, got %s"
              .formatted(text(window), text(flush)));
    }
    if (!(share > 0 && share <= 1)) {
      problems.add("--share: expected a number above 0 and at most 1, got " + share);
    }
    return problems;
  }

  private static void requireUpTo(int most, String name, int value, List<String> problems) {
    if (value < 1 || value > most) {
      problems.add("--%s: expected 1 to %d, got %d".formatted(name, most, value));
    }
  }

  private static void requirePositive(String name, Duration value, List<String> problems) {
    if (value.toMillis() < 1) {
      problems.add("--%s: expected a millisecond or more, got %s".formatted(name, text(value)));
    }
  }

  /** Everyone who reports something of its own: (model, site, layer, instance). */
  long sources() {
    return keys() * replicas;
  }

  /** (model, site, layer). */
  long keys() {
    return (long) models * sites * layers;
  }

  /** (model, site, instance): an entry of the state each, with all layers. */
  double reports() {
    return (double) models * sites * replicas;
  }

  double summariesPerSecond() {
    return sources() / seconds(flush);
  }

  /** While one window waits for its grace, the next ones fill. */
  long openWindows() {
    return 1 + (long) Math.ceil(seconds(grace.plus(flush)) / seconds(window));
  }

  static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  /** Such as 90s, as options take it. */
  static String text(Duration duration) {
    if (duration.toMillis() > 0 && duration.toMillis() % Duration.ofDays(1).toMillis() == 0) {
      return duration.toDays() + "d";
    }
    return duration.toMillis() % 1_000 == 0
        ? duration.toSeconds() + "s"
        : duration.toMillis() + "ms";
  }
}
