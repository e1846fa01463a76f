package io.layerwatch.integration;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The real nginx with the mirror's configuration as it is shipped, ports, share and the places of
 * files aside. It ends with the test, however that ends: its shell waits for the end of its input.
 */
final class Nginx implements AutoCloseable {

  private static final String SHELL =
      "\"$@\" & nginx=$!; cat > /dev/null; kill $nginx; wait $nginx";

  private final Process process;
  private final Path log;
  private final int port;

  /**
   * Starts it.
   *
   * @param directory takes its files
   * @param primary port of the server that answers users
   * @param mirror port of the instrumentation service
   * @param percent share of requests that are mirrored
   */
  static Nginx start(Path directory, int primary, int mirror, int percent) {
    return start(directory, primary, mirror, percent, false);
  }

  /** Starts one that hands all copies to the mirror itself, and waits a second for it. */
  static Nginx startWithoutRelay(Path directory, int primary, int mirror) {
    return start(directory, primary, mirror, 100, true);
  }

  private static Nginx start(
      Path directory, int primary, int mirror, int percent, boolean withoutRelay) {
    List<Integer> ports = KafkaCluster.freePorts(3);
    int relay = withoutRelay ? mirror : ports.get(1);
    String shipped = read(Repository.root().resolve("deploy/mirror/nginx.conf"));
    String configured =
        replace(
            shipped,
            List.of("127.0.0.1:8001;", "127.0.0.1:" + primary + ";"),
            List.of("127.0.0.1:8000;", "127.0.0.1:" + mirror + ";"),
            List.of("listen 8080;", "listen 127.0.0.1:" + ports.get(0) + ";"),
            List.of(
                "http://127.0.0.1:8082$request_uri;",
                "http://127.0.0.1:" + relay + "$request_uri;"),
            List.of("listen 127.0.0.1:8082;", "listen 127.0.0.1:" + ports.get(1) + ";"),
            List.of("http://127.0.0.1:8083;", "http://127.0.0.1:" + ports.get(2) + ";"),
            List.of("listen 127.0.0.1:8083;", "listen 127.0.0.1:" + ports.get(2) + ";"),
            List.of("10% 1;\n    * 0;", percent < 100 ? percent + "% 1;\n    * 0;" : "* 1;"),
            List.of(
                "proxy_read_timeout 100ms;",
                withoutRelay ? "proxy_read_timeout 1s;" : "proxy_read_timeout 100ms;"),
            List.of(
                "http {",
                "http {\n  access_log off;\n  client_body_temp_path bodies;\n"
                    + "  proxy_temp_path answers;"));
    return new Nginx(directory, configured, ports.get(0));
  }

  private Nginx(Path directory, String configuration, int port) {
    this.port = port;
    this.log = directory.resolve("nginx.log");
    List<String> command = new ArrayList<>(List.of("sh", "-c", SHELL, "nginx", binary()));
    // Workers of a root's nginx would be somebody who may not read a test's directory.
    String user = System.getProperty("user.name").equals("root") ? "user root;" : "";
    try {
      Path file = Files.writeString(directory.resolve("nginx.conf"), configuration);
      command.addAll(
          List.of(
              "-p", directory.toString(),
              "-c", file.toString(),
              "-e", log.toString(),
              "-g", "daemon off; pid nginx.pid; " + user));
      process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(Redirect.appendTo(log.toFile()))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await().until(this::answers);
  }

  private static String binary() {
    return Programs.onPath("nginx")
        .or(() -> Optional.of(Path.of("/usr/sbin/nginx")).filter(Files::isExecutable))
        .map(Path::toString)
        .orElseThrow(() -> Skipped.because("nginx is not installed on this machine"));
  }

  private boolean answers() {
    if (!process.isAlive()) {
      throw new IllegalStateException("nginx ended: " + read(log));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** Where users are answered. */
  int port() {
    return port;
  }

  @SafeVarargs
  private static String replace(String text, List<String>... replacements) {
    String replaced = text;
    for (List<String> each : replacements) {
      if (!replaced.contains(each.get(0))) {
        throw new IllegalStateException("nginx.conf: expected \"" + each.get(0) + "\"");
      }
      replaced = replaced.replace(each.get(0), each.get(1));
    }
    return replaced;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nginx does not end");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
