package io.layerwatch.scorer;

/** Keys in stores: texts with a zero byte between, of which no text holds one. */
final class StoreKeys {

  private static final String SEPARATOR = "\0";
  private static final String AFTER = "\1";

  private StoreKeys() {}

  static String of(String... parts) {
    return String.join(SEPARATOR, parts);
  }

  /** No key that begins with these parts, and has more, is below this one. */
  static String first(String... parts) {
    return of(parts) + SEPARATOR;
  }

  /** All keys that begin with these parts, and have more, are below this one. */
  static String end(String... parts) {
    return of(parts) + AFTER;
  }
}
