package io.layerwatch.benchmarks.report;

import java.nio.file.Path;
import java.util.List;

/**
 * Horizontal bars as SVG, in the reader's own colours: light or dark.
 *
 * @param title what is shown
 * @param unit of the values
 */
public record BarChart(String title, String unit, List<Bar> bars) {

  private static final int WIDTH = 860;
  private static final int LABELS = 360;
  private static final int VALUES = 190;
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
    Svg.write(svg(), file);
  }

  String svg() {
    Svg svg = new Svg(WIDTH, TOP + ROW * bars.size() + 12, title, description());
    double longest = bars.stream().mapToDouble(Bar::upTo).max().orElse(1);
    for (int row = 0; row < bars.size(); row++) {
      draw(bars.get(row), TOP + ROW * row, (WIDTH - LABELS - VALUES) / longest, svg);
    }
    return svg.end();
  }

  private void draw(Bar bar, int y, double scale, Svg svg) {
    double middle = y + ROW / 2.0 - 4;
    svg.text(LABELS - 8, y + 14, "end", "", bar.label());
    svg.add(
        "<rect %s x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"18\"/>",
        Svg.FILLED, LABELS, y, bar.value() * scale);
    svg.line(LABELS + bar.value() * scale, middle, LABELS + bar.upTo() * scale, middle, Svg.PLAIN);
    svg.text(LABELS + 6 + bar.upTo() * scale, y + 14, "start", "", words(bar));
  }

  private String description() {
    return String.join("; ", bars.stream().map(bar -> bar.label() + ": " + words(bar)).toList());
  }

  private String words(Bar bar) {
    return bar.upTo() == bar.value()
        ? number(bar.value()) + " " + unit
        : number(bar.value()) + "–" + number(bar.upTo()) + " " + unit;
  }

  private static String number(double value) {
    return Svg.format(value < 100 ? "%.2f" : "%,.0f", value);
  }
}
