package io.layerwatch.instrumentation.prune;

import io.layerwatch.runtime.process.Progress;

/** Bytes told to a progress bar that counts in mebibytes. */
final class Mebibytes {

  static final long SIZE = 1 << 20;

  private final Progress progress;
  private long rest;

  Mebibytes(Progress progress) {
    this.progress = progress;
  }

  void add(long bytes) {
    rest += bytes;
    progress.advance(rest / SIZE);
    rest %= SIZE;
  }
}
