package io.layerwatch.runtime.alerts;

import io.layerwatch.runtime.process.Commands;
import io.layerwatch.runtime.process.Lifecycle;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code layerwatch alerts}: shows alerts as they arrive. */
@Command(
    name = "alerts",
    mixinStandardHelpOptions = true,
    description =
        "Print a line for each alert that Alertmanager posts here, to see them arrive. It has no"
            + " memory and sends nobody anything.")
public final class AlertsCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--host",
      defaultValue = "127.0.0.1",
      description = "Address to listen on, 0.0.0.0 for every; default ${DEFAULT-VALUE}.")
  private String host;

  @Option(
      names = "--port",
      defaultValue = "9095",
      description = "Port to listen on, 0 takes a free one; default ${DEFAULT-VALUE}.")
  private int port;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (Lifecycle parts = new Lifecycle()) {
      parts.closeOnSignal();
      AlertReceiver receiver =
          parts.start("webhook", () -> AlertReceiver.start(host, port, line -> print(out, line)));
      print(out, "waiting for alerts on " + host + ":" + receiver.port());
      parts.awaitStop();
    }
    return 0;
  }

  private static void print(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }

  /** As a process of its own. */
  public static void main(String[] arguments) {
    System.exit(Commands.execute("layerwatch alerts", new AlertsCommand(), arguments));
  }
}
