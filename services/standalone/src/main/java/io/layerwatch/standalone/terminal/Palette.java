package io.layerwatch.standalone.terminal;

/** Colours of a terminal, or none. */
enum Palette {
  COLOUR,
  NONE;

  String strong(String text) {
    return paint("1", text);
  }

  String faint(String text) {
    return paint("2", text);
  }

  String accent(String text) {
    return paint("36", text);
  }

  String warn(String text) {
    return paint("33", text);
  }

  String alert(String text) {
    return paint("31;1", text);
  }

  private String paint(String code, String text) {
    return this == NONE ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
  }
}
