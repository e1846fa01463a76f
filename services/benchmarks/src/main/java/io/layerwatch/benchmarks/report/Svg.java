package io.layerwatch.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A figure as SVG, in the reader's own colours: light or dark. Not for several threads. */
final class Svg {

  /** For what shows values and is filled. */
  static final String FILLED = "class=\"filled\"";

  /** For what shows values and is drawn. */
  static final String DRAWN = "class=\"drawn\"";

  /** For axes and marks. */
  static final String PLAIN = "stroke=\"currentColor\"";

  private static final String STYLE =
      "<style>svg { color: #1f2328; } .filled { fill: #0969da; }"
          + " .drawn { fill: none; stroke: #0969da; stroke-width: 2; }"
          + " @media (prefers-color-scheme: dark) { svg { color: #e6edf3; }"
          + " .filled { fill: #4493f8; } .drawn { stroke: #4493f8; } }</style>";

  private final List<String> lines = new ArrayList<>();

  /** A figure under its title, with a description for who does not see it. */
  Svg(int width, int height, String title, String description) {
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\""
            + " font-family=\"system-ui, sans-serif\" font-size=\"13\">",
        width, height);
    lines.add("<title>" + escaped(title) + "</title>");
    lines.add("<desc>" + escaped(description) + "</desc>");
    lines.add(STYLE);
    text(8, 24, "start", "font-size=\"15\" font-weight=\"600\" ", title);
  }

  /** An element, numbers as in {@link String#format}. */
  void add(String format, Object... values) {
    lines.add(format(format, values));
  }

  void text(double x, double y, String anchor, String attributes, String text) {
    add(
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" %sfill=\"currentColor\">%s</text>",
        x, y, anchor, attributes, escaped(text));
  }

  void line(double x1, double y1, double x2, double y2, String attributes) {
    add("<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" %s/>", x1, y1, x2, y2, attributes);
  }

  String end() {
    return String.join("\n", lines) + "\n</svg>\n";
  }

  static void write(String svg, Path file) {
    try {
      Files.writeString(file, svg);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
