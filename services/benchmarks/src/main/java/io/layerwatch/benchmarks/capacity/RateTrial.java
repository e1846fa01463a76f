package io.layerwatch.benchmarks.capacity;

import io.layerwatch.analysis.TimeWindow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How fast one thread works off a backlog: consuming and decoding alone, and the whole scorer under
 * each of several settings, in turns.
 *
 * @param fleet who published the backlog
 * @param seconds of event time that it spans, a flush each
 * @param rounds how often everything is measured, after one round that nobody counts
 * @param variants settings of the scorer by what they are called
 */
record RateTrial(Fleet fleet, int seconds, int rounds, Map<String, Map<String, String>> variants) {

  /** What the ceiling is called among the results. */
  static final String CEILING = "consume and decode";

  /**
   * What was measured.
   *
   * @param passes by variant, one a round
   * @param changelogs by variant
   * @param restores by variant: a restart after all of the backlog
   */
  record Result(
      Map<String, List<Pass>> passes,
      Map<String, Changelog> changelogs,
      Map<String, Restore> restores) {}

  /** What the broker took for the state's durability, for each record read. */
  record Changelog(double bytes, double records) {}

  Result run() {
    Map<String, List<Pass>> passes = new LinkedHashMap<>();
    Map<String, Changelog> changelogs = new LinkedHashMap<>();
    Map<String, Restore> restores = new LinkedHashMap<>();
    try (Laboratory laboratory = new Laboratory()) {
      publish(laboratory);
      for (int round = 0; round <= rounds; round++) {
        boolean counts = round > 0;
        Pass ceiling = Ceiling.pass(laboratory);
        if (counts) {
          passes.computeIfAbsent(CEILING, name -> new ArrayList<>()).add(ceiling);
        }
        int number = 0;
        for (var variant : variants.entrySet()) {
          String application = "capacity-" + number++ + "-" + round;
          Pass pass;
          try (RunningScorer scorer = laboratory.score(application, variant.getValue())) {
            pass = scorer.pass(laboratory.published());
          }
          if (counts) {
            passes.computeIfAbsent(variant.getKey(), name -> new ArrayList<>()).add(pass);
            changelogs.put(variant.getKey(), changelog(application, laboratory.published()));
          }
          if (round == rounds) {
            restores.put(
                variant.getKey(), Restore.measure(laboratory, application, variant.getValue()));
          }
        }
      }
    }
    return new Result(passes, changelogs, restores);
  }

  private void publish(Laboratory laboratory) {
    Duration flush = Duration.ofSeconds(1);
    Instant start = TimeWindow.of(Instant.now(), Duration.ofHours(1)).start().minusSeconds(seconds);
    for (int second = 0; second < seconds; second++) {
      Instant from = start.plusSeconds(second);
      laboratory.publish(fleet, new TimeWindow(from, from.plus(flush)), second);
    }
  }

  private static Changelog changelog(String application, long records) {
    return new Changelog(
        Jmx.changelogBytes(application) / records, Jmx.changelogRecords(application) / records);
  }
}
