package io.layerwatch.integration;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** What clients did and how it ended, counted. Safe for use by several threads. */
final class SoakTally {

  private final Map<String, LongAdder> counts = new ConcurrentSkipListMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();

  void count(String what) {
    count(what, 1);
  }

  void count(String what, long times) {
    counts.computeIfAbsent(what, key -> new LongAdder()).add(times);
  }

  /** Something that must not happen. */
  void fail(String what) {
    failures.add(what);
  }

  List<String> failures() {
    return List.copyOf(failures);
  }

  long of(String what) {
    return counts.getOrDefault(what, new LongAdder()).sum();
  }

  /** All that begin with that, added up. */
  long ofAll(String beginning) {
    return counts.entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(beginning))
        .mapToLong(entry -> entry.getValue().sum())
        .sum();
  }

  /** Rows of a table. */
  String rows() {
    return counts.entrySet().stream()
        .map(entry -> "| " + entry.getKey() + " | " + entry.getValue() + " |")
        .collect(Collectors.joining("\n"));
  }
}
