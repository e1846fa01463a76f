package io.layerwatch.runtime.settings;

import java.util.regex.Pattern;

/** Values of settings as a terminal or a log may show them. */
final class Shown {

  private static final Pattern CREDENTIALS = Pattern.compile("(?<=://).*@");

  private Shown() {}

  /** The value without user and password of an address, and nothing of a key or certificate. */
  static String of(String value) {
    return value.contains("-----BEGIN ")
        ? "..., which is PEM and not shown"
        : CREDENTIALS.matcher(value).replaceAll("***@");
  }
}
