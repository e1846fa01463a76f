package io.layerwatch.standalone.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text in rows no wider than a screen. */
final class Rows {

  private static final char ESCAPE = '\u001b';
  private static final Pattern COLOUR = Pattern.compile(ESCAPE + "\\[[\\d;]*m");

  private Rows() {}

  /**
   * Words in as few rows as they fill; each begins where the text does, those after the first
   * further in by what hangs. A word wider than the width has a row of its own.
   */
  static List<String> wrap(String text, int width, int hanging) {
    int begin = text.length() - text.stripLeading().length();
    List<String> rows = new ArrayList<>();
    StringBuilder row = new StringBuilder(" ".repeat(begin));
    boolean empty = true;
    for (String word : text.strip().split(" ")) {
      if (!empty && row.length() + 1 + word.length() > width) {
        rows.add(row.toString());
        row = new StringBuilder(" ".repeat(begin + hanging));
        empty = true;
      }
      row.append(empty ? "" : " ").append(word);
      empty = false;
    }
    rows.add(row.toString());
    return rows;
  }

  /** Parts, coloured or not, two spaces between them, in as few rows as they fill. */
  static List<String> flow(List<String> parts, int width) {
    List<String> rows = new ArrayList<>();
    String row = "";
    for (String part : parts) {
      String longer = row.isEmpty() ? part : row + "  " + part;
      if (!row.isEmpty() && length(longer) > width) {
        rows.add(row);
        longer = part;
      }
      row = longer;
    }
    rows.add(row);
    return rows;
  }

  /** The row, with … for what the width does not hold; its colours end as they did. */
  static String cut(String row, int width) {
    if (length(row) <= width) {
      return row;
    }
    StringBuilder cut = new StringBuilder();
    int visible = 0;
    for (int i = 0; i < row.length(); i++) {
      if (row.charAt(i) == ESCAPE) {
        int end = row.indexOf('m', i);
        cut.append(row, i, end + 1);
        i = end;
      } else {
        visible++;
        if (visible <= width) {
          cut.append(visible < width ? row.charAt(i) : '…');
        }
      }
    }
    return cut.toString();
  }

  private static int length(String row) {
    return COLOUR.matcher(row).replaceAll("").length();
  }
}
