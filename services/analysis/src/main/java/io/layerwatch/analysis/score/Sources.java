package io.layerwatch.analysis.score;

import java.util.List;

/**
 * Who was heard in a window, and what is known to be missing from it.
 *
 * @param instances instances heard, sorted
 * @param silentInstances instances heard in the window before and not in this one, sorted: they
 *     stopped, or cannot be heard
 * @param missingSummaries summaries that may belong to this window and never arrived, by their
 *     sequence numbers
 */
public record Sources(List<String> instances, List<String> silentInstances, long missingSummaries) {

  public Sources {
    instances = List.copyOf(instances);
    silentInstances = List.copyOf(silentInstances);
    if (missingSummaries < 0) {
      throw new IllegalArgumentException(
          "missingSummaries: expected 0 or more, got " + missingSummaries);
    }
  }

  /** All that was published by these instances has arrived. */
  public static Sources complete(List<String> instances) {
    return new Sources(instances, List.of(), 0);
  }
}
