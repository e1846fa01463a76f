package io.layerwatch.analysis;

/** Texts that name something: on the wire, in store keys and in terminals. */
final class Words {

  private Words() {}

  static void require(String field, String value) {
    if (value.isEmpty() || value.chars().anyMatch(c -> c < ' ' || c == 0x7f)) {
      throw new IllegalArgumentException(
          field + ": expected a non-empty text without control characters, got \"" + value + "\"");
    }
  }
}
