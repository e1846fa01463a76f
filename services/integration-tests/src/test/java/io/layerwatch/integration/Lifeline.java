package io.layerwatch.integration;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * The main class of processes that tests start: runs another main class and halts when standard
 * input ends. The test's end of that pipe closes with the test's process, however that ends, so no
 * child outlives it.
 */
final class Lifeline {

  private Lifeline() {}

  /**
   * Runs a program.
   *
   * @param arguments its main class, then its own arguments
   */
  public static void main(String[] arguments) throws ReflectiveOperationException {
    Thread watch = new Thread(Lifeline::haltAtEnd, "lifeline");
    watch.setDaemon(true);
    watch.start();
    String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
    try {
      Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object) own);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException(arguments[0] + " failed", e.getCause());
    }
  }

  private static void haltAtEnd() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is ever written.
      }
    } catch (IOException e) {
      // The other end is gone, too.
    }
    Runtime.getRuntime().halt(1);
  }
}
