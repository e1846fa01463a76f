package io.layerwatch.benchmarks.freshness;

/** Where a window shows. */
enum Place {
  SCORE("score on its topic"),
  GAUGE("gauge on /metrics"),
  ADVICE("recommendation on its topic");

  private final String text;

  Place(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
