package io.layerwatch.analysis;

/** Texts that name something: on the wire, in store keys and in terminals. */
final class Words {

  private Words() {}

  static void require(String field, String value) {
    if (value.isEmpty() || hasControlCharacter(value)) {
      throw new IllegalArgumentException(
          field + ": expected a non-empty text without control characters, got \"" + value + "\"");
    }
  }

  // A loop, since several texts of every record pass here.
  private static boolean hasControlCharacter(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c == 0x7f) {
        return true;
      }
    }
    return false;
  }
}
