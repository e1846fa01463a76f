package io.layerwatch.benchmarks.startup;

import io.layerwatch.benchmarks.FreePort;
import io.layerwatch.benchmarks.launch.Launcher;
import io.layerwatch.benchmarks.launch.Running;
import io.layerwatch.benchmarks.launch.Service;
import java.util.List;

/**
 * A service beside a broker and a registry that run, with something on its topics to work on.
 *
 * @param service it
 * @param bootstrapServers the broker
 * @param output the topic that it writes to
 * @param fresh settings that each start has a new value for: an application that was never there
 *     before reads all there is
 */
record ServiceSubject(Service service, String bootstrapServers, String output, List<String> fresh)
    implements Subject {

  @Override
  public String name() {
    return service.command();
  }

  @Override
  public Start start(Launcher launcher, List<String> javaOptions) {
    int port = FreePort.find();
    try (Watched records = new Watched(bootstrapServers, output);
        Running running = launcher.start(javaOptions, arguments(port))) {
      running.awaitReady(port);
      double ready = running.seconds();
      running.await("to write to " + output, records::look);
      return new Start(ready, running.seconds());
    }
  }

  private List<String> arguments(int port) {
    Service renewed = service;
    for (String key : fresh) {
      renewed = renewed.with(key, "start-up-" + port + "-" + System.nanoTime());
    }
    return renewed.arguments(port);
  }
}
