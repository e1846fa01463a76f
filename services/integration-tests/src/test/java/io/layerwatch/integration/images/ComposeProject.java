package io.layerwatch.integration.images;

import io.layerwatch.integration.KafkaCluster;
import io.layerwatch.integration.images.DockerCli.Outcome;
import java.net.URI;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** {@code deploy/compose.yaml} under a name and on ports of its own. */
final class ComposeProject implements AutoCloseable {

  private static final List<String> PORTS =
      List.of(
          "API_PORT",
          "INSTRUMENTATION_PORT",
          "SCORER_PORT",
          "RECOMMENDER_PORT",
          "KAFKA_PORT",
          "REGISTRY_PORT",
          "PROMETHEUS_PORT",
          "ALERTMANAGER_PORT",
          "GRAFANA_PORT");

  private final List<String> compose;
  private final Map<String, String> environment = new HashMap<>();
  private final Thread atExit = new Thread(this::down);

  /** A project as the file is shipped, on free ports, not started yet. */
  ComposeProject() {
    compose =
        List.of(
            "docker",
            "compose",
            "--project-name",
            "layerwatch-test-" + ProcessHandle.current().pid(),
            "--file",
            "deploy/compose.yaml");
    Iterator<Integer> free = KafkaCluster.freePorts(PORTS.size()).iterator();
    PORTS.forEach(port -> environment.put(port, free.next().toString()));
    environment.put("LAYERWATCH_VERSION", Images.VERSION);
    environment.put("LAYERWATCH_REGISTRY", "");
    environment.put("ALERT_WEBHOOK", "");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** Where a service is, by the variable that names its port. */
  URI address(String port) {
    return URI.create("http://127.0.0.1:" + environment.get(port));
  }

  Outcome run(String... arguments) {
    return run(Map.of(), arguments);
  }

  /** With other values of the variables that the file asks for. */
  Outcome run(Map<String, String> variables, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(variables);
    return DockerCli.run(all, DockerCli.command(compose, arguments));
  }

  /** The lines that a service printed. */
  List<String> log(String service) {
    return run("logs", "--no-log-prefix", service).orFail().lines().toList();
  }

  private void down() {
    var unused = run("down", "--volumes", "--timeout", "1");
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    down();
  }
}
