package io.layerwatch.benchmarks.startup;

import io.layerwatch.benchmarks.launch.Launcher;
import java.util.List;

/** What is started. */
interface Subject {

  /** Its command, and what its first output is. */
  String name();

  /** Starts it with these options for Java, waits for its first output, and ends it. */
  Start start(Launcher launcher, List<String> javaOptions);
}
