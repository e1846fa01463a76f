package io.layerwatch.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command measured, in a page of documentation: all that lies between two comments, so that
 * no figure is copied by hand.
 *
 * <pre>
 * &lt;!-- begin freshness --&gt;
 * &lt;!-- end freshness --&gt;
 * </pre>
 */
public final class PageBlock {

  private PageBlock() {}

  /**
   * Replaces the block of that name in a page.
   *
   * @throws IllegalStateException when the page has no such block
   */
  public static void replace(Path page, String name, String text) {
    String begin = "<!-- begin " + name + " -->\n";
    String end = "<!-- end " + name + " -->";
    try {
      String before = Files.readString(page);
      int from = before.indexOf(begin);
      int to = before.indexOf(end, from);
      if (from < 0 || to < 0) {
        throw new IllegalStateException(page + ": expected " + begin.strip() + " and " + end);
      }
      Files.writeString(
          page,
          before.substring(0, from + begin.length())
              + "\n"
              + text.strip()
              + "\n\n"
              + before.substring(to));
    } catch (IOException e) {
      throw new UncheckedIOException(page + " cannot be written", e);
    }
  }
}
