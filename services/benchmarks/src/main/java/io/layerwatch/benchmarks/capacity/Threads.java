package io.layerwatch.benchmarks.capacity;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.function.Predicate;

/** CPU time of threads, which says more than the clock where others use the machine too. */
public final class Threads {

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Threads() {}

  static long ownCpuNanos() {
    return THREADS.getCurrentThreadCpuTime();
  }

  /** Of all of this process, its collector and compiler included. */
  public static long processCpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  /** Of all threads whose name begins and ends so, but for a number at the end. */
  static long cpuNanos(String begin, String kind) {
    Predicate<String> name =
        each -> each.startsWith(begin + "-") && each.matches(".*-" + kind + "-\\d+");
    long sum = 0;
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && name.test(thread.getThreadName())) {
        sum += THREADS.getThreadCpuTime(thread.getThreadId());
      }
    }
    return sum;
  }
}
