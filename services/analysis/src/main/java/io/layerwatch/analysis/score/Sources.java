package io.layerwatch.analysis.score;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Who was heard in a window, and what is known to be missing from it. Either list holds at most
 * {@value #MOST_NAME_BYTES} bytes of names, each counted as {@value #SHORTEST_NAME} or more: 2,048
 * instances, or 512 of the longest ASCII names. So scores of a whole model fit into the megabyte
 * that Kafka takes by default.
 *
 * @param instances instances heard, sorted
 * @param silentInstances instances, sorted, that were heard up to some point in this window, or
 *     since the last one that was published, and not to its end: they stopped, or cannot be heard,
 *     or are too late to be waited for
 * @param missingSummaries summaries that may belong to this window and never arrived, by their
 *     sequence numbers
 */
public record Sources(List<String> instances, List<String> silentInstances, long missingSummaries) {

  public static final int MOST_NAME_BYTES = 128 << 10;

  private static final int SHORTEST_NAME = 64;

  public Sources {
    requireFit("instances", instances);
    requireFit("silentInstances", silentInstances);
    instances = List.copyOf(instances);
    silentInstances = List.copyOf(silentInstances);
    if (missingSummaries < 0) {
      throw new IllegalArgumentException(
          "missingSummaries: expected 0 or more, got " + missingSummaries);
    }
  }

  /** What a name takes of {@link #MOST_NAME_BYTES}. */
  public static int nameBytes(String instance) {
    return Math.max(SHORTEST_NAME, instance.getBytes(StandardCharsets.UTF_8).length);
  }

  /** The first of these names, as many as a list may hold. */
  public static List<String> fitting(List<String> instances) {
    List<String> kept = new ArrayList<>();
    int bytes = 0;
    for (String instance : instances) {
      bytes += nameBytes(instance);
      if (bytes > MOST_NAME_BYTES) {
        break;
      }
      kept.add(instance);
    }
    return kept;
  }

  private static void requireFit(String field, List<String> names) {
    long bytes = names.stream().mapToLong(Sources::nameBytes).sum();
    if (bytes > MOST_NAME_BYTES) {
      throw new IllegalArgumentException(
          field + ": expected at most " + MOST_NAME_BYTES + " bytes of names, got " + bytes);
    }
  }

  /** All that was published by these instances has arrived. */
  public static Sources complete(List<String> instances) {
    return new Sources(instances, List.of(), 0);
  }
}
