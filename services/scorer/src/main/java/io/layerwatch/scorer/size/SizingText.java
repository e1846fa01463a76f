package io.layerwatch.scorer.size;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A sizing for people, and for programs. */
final class SizingText {

  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

  private SizingText() {}

  static String table(Sizing sizing) {
    Load load = sizing.load();
    StringBuilder text = new StringBuilder();
    line(
        text,
        "observed      %s × %s × %s × %s = %s",
        count(load.models(), "model", "models"),
        count(load.sites(), "site", "sites"),
        count(load.layers(), "layer", "layers"),
        count(load.replicas(), "replica", "replicas"),
        count(load.sources(), "source", "sources"));
    line(
        text,
        "              a flush every %s, windows of %s and %s of grace",
        Load.text(load.flush()),
        Load.text(load.window()),
        Load.text(load.grace()));
    text.append(limits(sizing));
    line(text, "");
    line(text, "topic                    records/s      bytes/s      per day         kept");
    for (Sizing.Traffic each : sizing.traffic()) {
      line(
          text,
          "%-20s %,13.1f %12s %12s %12s",
          each.topic(),
          each.recordsPerSecond(),
          bytes(each.bytesPerSecond()),
          bytes(each.bytesPerDay()),
          bytes(each.keptBytes()));
    }
    line(
        text,
        "              uncompressed; kept for %s in %s, changelogs compacted",
        Load.text(load.retention()),
        count(load.replication(), "replica", "replicas"));
    line(text, "");
    line(text, "partitions    %,d", sizing.partitions());
    line(
        text,
        "scorers       %s of %s, of which %,d with work; %.2f cores busy",
        count(sizing.processes(), "process", "processes"),
        count(load.threads(), "thread", "threads"),
        sizing.threads(),
        sizing.cores());
    line(
        text,
        "memory        %s of state in all; of each process -Xmx%dm, limit %,d MiB",
        bytes(sizing.stateBytes()),
        mebi(sizing.heapOfProcess()),
        mebi(sizing.memoryOfProcess()));
    line(
        text,
        "pauses        %.2f s while a window closes; restart at most %.0f s, after a crash once its"
            + " session is over",
        sizing.closingSeconds(),
        sizing.restartSeconds());
    return text.toString();
  }

  private static String count(long number, String one, String many) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? one : many);
  }

  /** What does not fit into one name, and what to do. */
  private static String limits(Sizing sizing) {
    StringBuilder text = new StringBuilder();
    if (sizing.exceedsThread()) {
      line(
          text,
          "limits        one replica alone sends more than the %,.0f summaries/s planned for a"
              + " thread:",
          sizing.threadRate());
      line(text, "              a longer flush interval or fewer sites are needed");
      return text.toString();
    }
    if (sizing.names() == 1) {
      line(text, "limits        none: a model fits into one window and one thread");
      return text.toString();
    }
    line(
        text,
        "limits        split each model into %,d names of at most %,d replicas:",
        sizing.names(),
        sizing.replicasOfName());
    if (sizing.namesForInstances() > 1) {
      line(
          text,
          "              a window names no more than %,d instances: %,d names",
          Sizing.MOST_INSTANCES,
          sizing.namesForInstances());
    }
    if (sizing.namesForRate() > 1) {
      line(
          text,
          "              a model lives in one thread, planned with %,.0f summaries/s: %,d names,",
          sizing.threadRate(),
          sizing.namesForRate());
      line(text, "              or fewer with a longer flush interval or fewer sites");
    }
    return text.toString();
  }

  static Map<String, Object> json(Sizing sizing) {
    Map<String, Object> all = new LinkedHashMap<>();
    Map<String, Object> topics = new LinkedHashMap<>();
    for (Sizing.Traffic each : sizing.traffic()) {
      Map<String, Object> topic = new LinkedHashMap<>();
      topic.put("recordsPerSecond", each.recordsPerSecond());
      topic.put("bytesPerSecond", each.bytesPerSecond());
      topic.put("bytesPerDay", each.bytesPerDay());
      topic.put("keptBytes", each.keptBytes());
      topics.put(each.topic(), topic);
    }
    all.put("sources", sizing.load().sources());
    all.put("namesPerModel", sizing.names());
    all.put("namesForInstances", sizing.namesForInstances());
    all.put("namesForRate", sizing.namesForRate());
    all.put("replicaExceedsThread", sizing.exceedsThread());
    all.put("topics", topics);
    all.put("partitions", sizing.partitions());
    all.put("processes", sizing.processes());
    all.put("threads", sizing.threads());
    all.put("cores", sizing.cores());
    all.put("stateBytes", sizing.stateBytes());
    all.put("heapBytesPerProcess", sizing.heapOfProcess());
    all.put("memoryBytesPerProcess", sizing.memoryOfProcess());
    all.put("closingSeconds", sizing.closingSeconds());
    all.put("restartSeconds", sizing.restartSeconds());
    all.put("costs", sizing.costs());
    return all;
  }

  private static long mebi(double bytes) {
    return (long) Math.ceil(bytes / (1 << 20));
  }

  private static String bytes(double bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1_000 && unit < UNITS.length - 1) {
      value /= 1_000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  private static void line(StringBuilder text, String format, Object... values) {
    text.append(String.format(Locale.ROOT, format, values)).append(System.lineSeparator());
  }
}
