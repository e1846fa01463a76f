package io.layerwatch.analysis.pruning.export;

/**
 * Texts in double quotes, in the escapes that JSON and YAML share. Whatever the text holds, a
 * reader of either gets exactly it back, and it stays on its line.
 */
final class Quoted {

  private Quoted() {}

  static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    value.codePoints().forEach(point -> append(quoted, point));
    return quoted.append('"').toString();
  }

  private static void append(StringBuilder quoted, int point) {
    if (point == '"' || point == '\\') {
      quoted.append('\\').append((char) point);
    } else if ((point >= ' ' && point <= '~')
        || point > Character.MAX_VALUE
        || Character.isLetterOrDigit(point)) {
      quoted.appendCodePoint(point);
    } else if (Character.isSurrogate((char) point)) {
      throw new IllegalArgumentException(
          "model: expected a text of whole characters, got half of one: \\u"
              + Integer.toHexString(point));
    } else {
      quoted.append(String.format("\\u%04x", point));
    }
  }
}
