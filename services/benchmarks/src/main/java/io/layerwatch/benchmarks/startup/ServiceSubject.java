package io.layerwatch.benchmarks.startup;

import io.layerwatch.benchmarks.FreePort;
import io.layerwatch.benchmarks.capacity.Laboratory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A service beside a broker and a registry that run, with something on its topics to work on.
 *
 * @param name its command
 * @param settings its own
 * @param output the topic that it writes to
 * @param fresh settings that each start has a new value for: an application that was never there
 *     before reads all there is
 */
record ServiceSubject(
    String name,
    Laboratory laboratory,
    Map<String, String> settings,
    String output,
    List<String> fresh)
    implements Subject {

  @Override
  public Start start(Launcher launcher, List<String> javaOptions) {
    int port = FreePort.find();
    try (Watched records = new Watched(laboratory.bootstrapServers(), output);
        Running running = launcher.start(javaOptions, arguments(port))) {
      running.awaitReady(port);
      double ready = running.seconds();
      running.await("to write to " + output, records::look);
      return new Start(ready, running.seconds());
    }
  }

  private List<String> arguments(int port) {
    List<String> arguments = new ArrayList<>(List.of(name));
    settings.forEach((key, value) -> set(key, value, arguments));
    fresh.forEach(key -> set(key, "start-up-" + port + "-" + System.nanoTime(), arguments));
    set("admin.port", Integer.toString(port), arguments);
    return arguments;
  }

  private static void set(String key, String value, List<String> arguments) {
    arguments.add("--set");
    arguments.add(key + "=" + value);
  }
}
