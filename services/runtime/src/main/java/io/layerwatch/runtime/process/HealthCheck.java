package io.layerwatch.runtime.process;

import io.layerwatch.runtime.settings.Port;
import java.io.IOException;
import java.io.Reader;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/**
 * An image's health check: asks the process beside it for {@code /healthz}, or for another path or
 * address that is given, and ends with 0 when the answer is 200, else with 1. Prints the answer.
 *
 * <p>The port is the environment's, else that of the properties file at its usual place in an
 * image, else the default; the path of a file that {@code --config} names cannot be known here.
 */
public final class HealthCheck {

  private static final Path FILE = Path.of("/etc/layerwatch/layerwatch.properties");
  private static final int TIMEOUT_MILLIS = 3_000;

  private HealthCheck() {}

  /** Asks once. */
  public static void main(String[] arguments) {
    URI beside = URI.create("http://127.0.0.1:" + port(System.getenv(), FILE));
    URI address = beside.resolve(arguments.length == 0 ? "/healthz" : arguments[0]);
    System.exit(check(address) ? 0 : 1);
  }

  /** Where the process beside this one serves its health. */
  static int port(Map<String, String> environment, Path file) {
    return Optional.ofNullable(environment.get("LAYERWATCH_ADMIN_PORT"))
        .or(() -> Optional.ofNullable(read(file).getProperty("admin.port")))
        .flatMap(Port::parse)
        .map(Port::number)
        .orElse(9400);
  }

  private static Properties read(Path file) {
    Properties properties = new Properties();
    if (Files.isReadable(file)) {
      try (Reader reader = Files.newBufferedReader(file)) {
        properties.load(reader);
      } catch (IOException e) {
        System.out.println(file + " cannot be read: " + e.getMessage());
      }
    }
    return properties;
  }

  /** Whether it answers 200. */
  static boolean check(URI address) {
    try {
      HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      boolean well = connection.getResponseCode() == 200;
      try (var body = well ? connection.getInputStream() : connection.getErrorStream()) {
        System.out.print(
            body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8));
      }
      return well;
    } catch (IOException e) {
      System.out.println(address + ": " + e.getMessage());
      return false;
    }
  }
}
