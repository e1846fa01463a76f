package io.layerwatch.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Horizontal bars as SVG, in the reader's own colours: light or dark.
 *
 * @param title what is shown
 * @param unit of the values
 */
public record BarChart(String title, String unit, List<Bar> bars) {

  private static final int WIDTH = 720;
  private static final int LABELS = 300;
  private static final int VALUES = 110;
  private static final int TOP = 48;
  private static final int ROW = 26;

  /**
   * A bar.
   *
   * @param value its length
   * @param upTo where a thin line beyond it ends, such as a higher quantile; the value where none
   */
  public record Bar(String label, double value, double upTo) {}

  public BarChart {
    bars = List.copyOf(bars);
  }

  public void write(Path file) {
    try {
      Files.writeString(file, svg());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  String svg() {
    int height = TOP + ROW * bars.size() + 12;
    List<String> lines = new ArrayList<>();
    lines.add(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " font-family=\"system-ui, sans-serif\" font-size=\"13\">",
            WIDTH, height));
    lines.add("<title>" + escaped(title) + "</title>");
    lines.add("<desc>" + escaped(description()) + "</desc>");
    lines.add(
        "<style>svg { color: #1f2328; } .bar { fill: #0969da; }"
            + " @media (prefers-color-scheme: dark)"
            + " { svg { color: #e6edf3; } .bar { fill: #4493f8; } }</style>");
    lines.add(text(8, 24, "start", "font-size=\"15\" font-weight=\"600\" ", title));
    double longest = bars.stream().mapToDouble(Bar::upTo).max().orElse(1);
    for (int row = 0; row < bars.size(); row++) {
      draw(bars.get(row), TOP + ROW * row, (WIDTH - LABELS - VALUES) / longest, lines);
    }
    lines.add("</svg>");
    return String.join("\n", lines) + "\n";
  }

  private void draw(Bar bar, int y, double scale, List<String> lines) {
    double middle = y + ROW / 2.0 - 4;
    lines.add(text(LABELS - 8, y + 14, "end", "", bar.label()));
    lines.add(
        format(
            "<rect class=\"bar\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\"/>",
            LABELS, y, bar.value() * scale));
    lines.add(
        format(
            "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"currentColor\"/>",
            LABELS + bar.value() * scale, LABELS + bar.upTo() * scale, middle, middle));
    lines.add(text(LABELS + 6 + bar.upTo() * scale, y + 14, "start", "", words(bar)));
  }

  private String description() {
    return String.join("; ", bars.stream().map(bar -> bar.label() + ": " + words(bar)).toList());
  }

  private String words(Bar bar) {
    return bar.upTo() == bar.value()
        ? format("%.2f %s", bar.value(), unit)
        : format("%.2f–%.2f %s", bar.value(), bar.upTo(), unit);
  }

  private static String text(double x, int y, String anchor, String attributes, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" %sfill=\"currentColor\">%s</text>",
        x, y, anchor, attributes, escaped(text));
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
