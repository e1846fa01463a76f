package io.layerwatch.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Lines over a quantity as SVG, in the reader's own colours: light or dark. The vertical axis
 * begins at 0.
 *
 * @param title what is shown
 * @param x what the horizontal axis is
 * @param y what the vertical axis is
 * @param logarithmic whether the horizontal axis is; its values are above 0 then
 */
public record LineChart(String title, String x, String y, boolean logarithmic, List<Line> lines) {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 360;
  private static final int LEFT = 80;
  private static final int RIGHT = 150;
  private static final int TOP = 48;
  private static final int BOTTOM = 56;
  private static final int TICKS = 4;
  private static final String[] DASHES = {"", "6 4", "2 3"};

  /** A line through points. */
  public record Line(String label, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }
  }

  /** A value, and the middle half of what was measured. */
  public record Point(double x, double y, double low, double high) {}

  public LineChart {
    lines = List.copyOf(lines);
  }

  public void write(Path file) {
    try {
      Files.writeString(file, svg());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  String svg() {
    List<String> parts = new ArrayList<>();
    parts.add(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
                + " font-family=\"system-ui, sans-serif\" font-size=\"13\">",
            WIDTH, HEIGHT));
    parts.add("<title>" + escaped(title) + "</title>");
    parts.add("<desc>" + escaped(description()) + "</desc>");
    parts.add(
        "<style>svg { color: #1f2328; --line: #0969da; } @media (prefers-color-scheme: dark)"
            + " { svg { color: #e6edf3; --line: #4493f8; } }</style>");
    parts.add(text(8, 24, "start", " font-size=\"15\" font-weight=\"600\"", title));
    axes(parts);
    for (int i = 0; i < lines.size(); i++) {
      draw(lines.get(i), DASHES[i % DASHES.length], parts);
    }
    parts.add("</svg>");
    return String.join("\n", parts) + "\n";
  }

  private void axes(List<String> parts) {
    int bottom = HEIGHT - BOTTOM;
    parts.add(stroke(LEFT, bottom, WIDTH - RIGHT, bottom, "stroke=\"currentColor\""));
    for (int tick = 0; tick <= TICKS; tick++) {
      double value = top() * tick / TICKS;
      String attributes = "stroke=\"currentColor\" stroke-opacity=\"0.15\"";
      parts.add(stroke(LEFT, atY(value), WIDTH - RIGHT, atY(value), attributes));
      parts.add(text(LEFT - 8, atY(value) + 4, "end", "", number(value)));
    }
    points()
        .mapToDouble(Point::x)
        .distinct()
        .forEach(
            value -> {
              parts.add(
                  stroke(atX(value), bottom, atX(value), bottom + 5, "stroke=\"currentColor\""));
              if (logarithmic) {
                parts.add(text(atX(value), bottom + 20, "middle", "", number(value)));
              }
            });
    if (!logarithmic) {
      parts.add(text(atX(right()), bottom + 20, "middle", "", number(right())));
      parts.add(text(LEFT, bottom + 20, "middle", "", number(0)));
    }
    parts.add(text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "", x));
    parts.add(text(LEFT - 8, TOP - 8, "start", "", y));
  }

  private void draw(Line line, String dashes, List<String> parts) {
    String path =
        String.join(
            " ",
            line.points().stream()
                .map(point -> format("%.1f,%.1f", atX(point.x()), atY(point.y())))
                .toList());
    parts.add(
        "<polyline points=\""
            + path
            + "\" fill=\"none\" stroke=\"var(--line)\" stroke-width=\"2\" stroke-dasharray=\""
            + dashes
            + "\"/>");
    for (Point point : line.points()) {
      parts.add(
          format(
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"var(--line)\"/>",
              atX(point.x()), atY(point.y())));
      parts.add(
          stroke(
              atX(point.x()),
              atY(point.low()),
              atX(point.x()),
              atY(point.high()),
              "stroke=\"currentColor\""));
    }
    Point last = line.points().get(line.points().size() - 1);
    parts.add(text(atX(last.x()) + 8, atY(last.y()) + 4, "start", "", line.label()));
  }

  private double atX(double value) {
    double share =
        logarithmic
            ? Math.log(value / least()) / Math.max(1e-9, Math.log(right() / least()))
            : value / right();
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double atY(double value) {
    return HEIGHT - BOTTOM - value / top() * (HEIGHT - BOTTOM - TOP);
  }

  private double least() {
    return points().mapToDouble(Point::x).min().orElseThrow();
  }

  private double right() {
    return points().mapToDouble(Point::x).max().orElseThrow();
  }

  /** A round number above all values. */
  private double top() {
    double highest =
        points().mapToDouble(point -> Math.max(point.y(), point.high())).max().orElse(1);
    double step = Math.pow(10, Math.floor(Math.log10(highest / TICKS)));
    return Math.ceil(highest / TICKS / step) * step * TICKS;
  }

  private Stream<Point> points() {
    return lines.stream().flatMap(line -> line.points().stream());
  }

  private String description() {
    return String.join(
        "; ",
        lines.stream()
            .map(
                line ->
                    line.label()
                        + ": "
                        + String.join(
                            ", ",
                            line.points().stream()
                                .map(point -> number(point.y()) + " at " + number(point.x()))
                                .toList()))
            .toList());
  }

  private static String stroke(double x1, double y1, double x2, double y2, String attributes) {
    return format(
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>", x1, y1, x2, y2, attributes);
  }

  private static String text(double x, double y, String anchor, String attributes, String text) {
    return format(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"currentColor\"%s>%s</text>",
        x, y, anchor, attributes, escaped(text));
  }

  private static String number(double value) {
    return format(value != 0 && value < 10 ? "%.1f" : "%,.0f", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
