package io.layerwatch.benchmarks;

import java.nio.file.Path;

/** The Java that runs this. */
public final class Jdk {

  private Jdk() {}

  /** Where one of its programs is, such as {@code java}. */
  public static String program(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }
}
