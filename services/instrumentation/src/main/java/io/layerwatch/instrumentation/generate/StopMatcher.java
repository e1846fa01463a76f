package io.layerwatch.instrumentation.generate;

import java.util.List;

/**
 * Finds the first of some stop strings in a text that comes in parts, and holds back what may
 * become one. Belongs to one sequence; not safe for use by several threads.
 */
public final class StopMatcher {

  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean stopped;

  /** With no stop strings nothing is held back. */
  public StopMatcher(List<String> stops) {
    this.stops = List.copyOf(stops);
  }

  /** Takes the next part; returns what is certainly before any stop string. */
  public String add(String part) {
    if (stopped) {
      return "";
    }
    held.append(part);
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    stopped = first >= 0;
    return release(stopped ? first : held.length() - longestBeginning());
  }

  /** Whether a stop string was found; what follows it never comes out. */
  public boolean stopped() {
    return stopped;
  }

  /** What was held back and became no stop string, since the text ends here. */
  public String end() {
    return stopped ? "" : release(held.length());
  }

  private String release(int length) {
    String text = held.substring(0, length);
    held.delete(0, length);
    return text;
  }

  /** Length of the longest end of what is held that begins a stop string. */
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
