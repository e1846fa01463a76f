package io.layerwatch.benchmarks.startup;

import io.layerwatch.benchmarks.FreePort;
import io.layerwatch.benchmarks.launch.Launcher;
import io.layerwatch.benchmarks.launch.Running;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The whole loop in one process, with the demo's model and prompts and windows of five seconds. */
final class StandaloneSubject implements Subject {

  private static final Pattern SERVING = Pattern.compile("Kafka at ([^,\\s]+), schema registry at");

  @Override
  public String name() {
    return "standalone";
  }

  @Override
  public Start start(Launcher launcher, List<String> javaOptions) {
    int port = FreePort.find();
    try (Running running = launcher.start(javaOptions, arguments(port))) {
      running.awaitReady(port);
      double ready = running.seconds();
      MatchResult serving = running.awaitPrinted(SERVING);
      try (Watched scores = new Watched(serving.group(1), "layerwatch.layer-scores")) {
        running.await("to score", scores::look);
        return new Start(ready, running.seconds());
      }
    }
  }

  static List<String> arguments(int adminPort) {
    return List.of(
        "standalone",
        "--plain",
        "--set",
        "instrumentation.http.port=0",
        "--set",
        "admin.port=" + adminPort);
  }
}
