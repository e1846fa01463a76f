package io.layerwatch.benchmarks.streaming;

import java.io.IOException;

/**
 * Gives a process so many cores: whoever has more threads than another, as Flink has for one slot,
 * else takes more of the machine for the same number.
 */
final class Cores {

  private Cores() {}

  /** Whether this system can: Linux with util-linux can. */
  static boolean canPin() {
    return pin(ProcessHandle.current().pid(), Runtime.getRuntime().availableProcessors());
  }

  /** All threads of the process, and those they will start, get the first so many cores. */
  static boolean pin(long pid, int cores) {
    try {
      Process taskset =
          new ProcessBuilder("taskset", "-a", "-c", "-p", "0-" + (cores - 1), Long.toString(pid))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return taskset.onExit().join().exitValue() == 0;
    } catch (IOException absent) {
      return false;
    }
  }
}
