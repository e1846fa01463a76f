package io.layerwatch.analysis;

/** Texts that name something: on the wire, in store keys and in terminals. */
public final class Words {

  /** Longer names would bloat every key, record and screen that carries them. */
  static final int LONGEST = 256;

  private Words() {}

  /** Throws {@link IllegalArgumentException} for a text that is no name. */
  public static void require(String field, String value) {
    if (value.length() > LONGEST) {
      throw new IllegalArgumentException(
          field + ": expected at most " + LONGEST + " characters, got " + value.length());
    }
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
