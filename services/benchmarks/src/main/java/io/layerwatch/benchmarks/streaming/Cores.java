package io.layerwatch.benchmarks.streaming;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives a process so many cores: whoever has more threads than another, as Flink has for one slot,
 * else takes more of the machine for the same number.
 */
final class Cores {

  private static final boolean CAN_PIN =
      taskset("-p", Long.toString(ProcessHandle.current().pid()));

  private Cores() {}

  /** Whether this system can: Linux with util-linux can. */
  static boolean canPin() {
    return CAN_PIN;
  }

  /** All threads of the process, and those they will start, get the first so many cores. */
  static boolean pin(long pid, int cores) {
    return taskset("-a", "-c", "-p", "0-" + (cores - 1), Long.toString(pid));
  }

  private static boolean taskset(String... arguments) {
    List<String> command = new ArrayList<>(List.of("taskset"));
    command.addAll(List.of(arguments));
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .onExit()
              .join()
              .exitValue()
          == 0;
    } catch (IOException absent) {
      return false;
    }
  }
}
