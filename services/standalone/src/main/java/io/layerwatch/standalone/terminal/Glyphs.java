package io.layerwatch.standalone.terminal;

import java.util.List;

/** Bars and sparklines out of block characters. */
final class Glyphs {

  private static final String EIGHTHS = " ▏▎▍▌▋▊▉█";
  private static final String HEIGHTS = "▁▂▃▄▅▆▇█";

  private Glyphs() {}

  /** A bar of the share of the width, in eighths of a character, padded to the width. */
  static String bar(double share, int width) {
    int eighths = (int) Math.round(Math.max(0, Math.min(1, share)) * width * 8);
    StringBuilder bar = new StringBuilder("█".repeat(eighths / 8));
    if (eighths % 8 > 0) {
      bar.append(EIGHTHS.charAt(eighths % 8));
    }
    return bar + " ".repeat(width - bar.length());
  }

  /**
   * A line of heights around the values' mean: the middle is the mean, the ends are half of it and
   * half as much again, so that noise looks small and a drift does not.
   */
  static String trend(List<Double> values, int width) {
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
    StringBuilder line = new StringBuilder();
    for (double value : values.subList(Math.max(0, values.size() - width), values.size())) {
      double relative = mean == 0 ? 0 : (value - mean) / mean;
      long height = Math.round(3.5 + relative * 7);
      line.append(HEIGHTS.charAt((int) Math.max(0, Math.min(7, height))));
    }
    return line + " ".repeat(Math.max(0, width - line.length()));
  }
}
