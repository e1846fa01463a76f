package io.layerwatch.integration;

import org.opentest4j.TestAbortedException;

/** A test that cannot run on this machine says so in its output. */
public final class Skipped {

  private Skipped() {}

  /** Prints why; what is returned is to be thrown, and ends the test as skipped. */
  public static TestAbortedException because(String why) {
    System.out.println("skipped: " + why);
    return new TestAbortedException("skipped: " + why);
  }
}
