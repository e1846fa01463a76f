package io.layerwatch.benchmarks.report;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Lines over a quantity as SVG, in the reader's own colours: light or dark. The vertical axis
 * begins at 0, and so does the horizontal one unless it is logarithmic.
 *
 * @param title what is shown
 * @param x what the horizontal axis is
 * @param y what the vertical axis is
 * @param logarithmic whether the horizontal axis is; its values are above 0 then
 * @param lines one or more
 */
public record LineChart(String title, String x, String y, boolean logarithmic, List<Line> lines) {

  private static final int WIDTH = 800;
  private static final int HEIGHT = 360;
  private static final int LEFT = 80;
  private static final int RIGHT = 250;
  private static final int TOP = 72;
  private static final int BOTTOM = 56;
  private static final int TICKS = 4;
  private static final String[] DASHES = {"", " stroke-dasharray=\"6 4\""};

  /**
   * What is drawn with one label.
   *
   * @param joined whether a line goes from point to point, or each stands for itself
   * @param points one or more, by x
   */
  public record Line(String label, boolean joined, List<Point> points) {
    public Line {
      points = List.copyOf(points);
    }

    private Point last() {
      return points.get(points.size() - 1);
    }
  }

  /** A value, and the middle half of what was measured. */
  public record Point(double x, double y, double low, double high) {

    /** One value alone. */
    public static Point of(double x, double y) {
      return new Point(x, y, y, y);
    }
  }

  public LineChart {
    lines = List.copyOf(lines);
  }

  public void write(Path file) {
    Svg.write(svg(), file);
  }

  String svg() {
    Svg svg = new Svg(WIDTH, HEIGHT, title, description());
    drawAxes(svg);
    double labelAbove = 0;
    List<Line> downwards = lines.stream().sorted((a, b) -> byHeight(a, b)).toList();
    for (Line line : downwards) {
      draw(line, DASHES[lines.indexOf(line) % DASHES.length], svg);
      labelAbove = Math.max(atY(line.last().y()) + 4, labelAbove + 16);
      svg.text(WIDTH - RIGHT + 8, labelAbove, "start", "", line.label());
    }
    return svg.end();
  }

  private static int byHeight(Line a, Line b) {
    return Double.compare(b.last().y(), a.last().y());
  }

  private void drawAxes(Svg svg) {
    int bottom = HEIGHT - BOTTOM;
    svg.line(LEFT, bottom, WIDTH - RIGHT, bottom, Svg.PLAIN);
    for (int tick = 0; tick <= TICKS; tick++) {
      double value = top() * tick / TICKS;
      svg.line(LEFT, atY(value), WIDTH - RIGHT, atY(value), Svg.PLAIN + " stroke-opacity=\"0.15\"");
      svg.text(LEFT - 8, atY(value) + 4, "end", "", number(value));
    }
    Stream<Double> marks = logarithmic ? decades() : Stream.of(0.0, right() / 2, right());
    marks.forEach(
        value -> {
          svg.line(atX(value), bottom, atX(value), bottom + 5, Svg.PLAIN);
          svg.text(atX(value), bottom + 20, "middle", "", number(value));
        });
    svg.text((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 14, "middle", "", x);
    svg.text(8, TOP - 20, "start", "", y);
  }

  private void draw(Line line, String dashes, Svg svg) {
    if (line.joined()) {
      svg.add("<polyline points=\"%s\" %s%s/>", path(line), Svg.DRAWN, dashes);
    }
    for (Point point : line.points()) {
      if (!line.joined() || point.high() > point.low()) {
        svg.line(atX(point.x()), atY(point.low()), atX(point.x()), atY(point.high()), Svg.PLAIN);
        svg.add(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" %s/>",
            atX(point.x()), atY(point.y()), Svg.FILLED);
      }
    }
  }

  private String path(Line line) {
    return line.points().stream()
        .map(point -> Svg.format("%.1f,%.1f", atX(point.x()), atY(point.y())))
        .collect(Collectors.joining(" "));
  }

  private double atX(double value) {
    double share =
        logarithmic
            ? Math.log(value / left()) / Math.max(1e-9, Math.log(right() / left()))
            : value / right();
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private double atY(double value) {
    return HEIGHT - BOTTOM - value / top() * (HEIGHT - BOTTOM - TOP);
  }

  private Stream<Double> decades() {
    double first = Math.pow(10, Math.ceil(Math.log10(left()) - 1e-9));
    return Stream.iterate(first, value -> value <= right() * (1 + 1e-9), value -> 10 * value);
  }

  private double left() {
    return points().mapToDouble(Point::x).min().orElseThrow();
  }

  private double right() {
    return points().mapToDouble(Point::x).max().orElseThrow();
  }

  /** A round number above all values. */
  private double top() {
    double highest = points().mapToDouble(Point::high).max().orElseThrow();
    double step = Math.pow(10, Math.floor(Math.log10(highest / TICKS)));
    return Math.ceil(highest / TICKS / step) * step * TICKS;
  }

  private Stream<Point> points() {
    return lines.stream().flatMap(line -> line.points().stream());
  }

  private String description() {
    return lines.stream()
        .map(
            line ->
                line.label()
                    + ": "
                    + line.points().stream()
                        .map(point -> number(point.y()) + " at " + number(point.x()))
                        .collect(Collectors.joining(", ")))
        .collect(Collectors.joining("; "));
  }

  private static String number(double value) {
    return Svg.format(value != 0 && value < 10 ? "%.1f" : "%,.0f", value);
  }
}
