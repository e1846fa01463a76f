package io.layerwatch.runtime.process;

import io.layerwatch.runtime.security.OwnCertificate;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.SettingsSources;
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
import javax.net.ssl.HttpsURLConnection;

/**
 * An image's health check: asks the process beside it for {@code /healthz}, or for another path or
 * address that is given, and ends with 0 when the answer is 200, else with 1. Prints the answer.
 *
 * <p>Its port, and whether it has TLS, are the environment's word, else that of the properties file
 * at its usual place in an image, else the default; the path of a file that {@code --config} names
 * cannot be known here. It asks at the loopback address, whatever {@code admin.host} is: an image's
 * own, 0.0.0.0, is that one, too.
 */
public final class HealthCheck {

  private static final Path FILE = Path.of("/etc/layerwatch/layerwatch.properties");
  private static final int TIMEOUT_MILLIS = 3_000;

  private final Map<String, String> environment;
  private final Properties file;

  HealthCheck(Map<String, String> environment, Path file) {
    this.environment = environment;
    this.file = read(file);
  }

  /** Asks once. */
  public static void main(String[] arguments) {
    HealthCheck check = new HealthCheck(System.getenv(), FILE);
    System.exit(
        check.passes(check.beside().resolve(arguments.length == 0 ? "/healthz" : arguments[0]))
            ? 0
            : 1);
  }

  /** Where the process beside this one serves its health. */
  URI beside() {
    int port =
        setting(CommonSettings.ADMIN_PORT).flatMap(Port::parse).map(Port::number).orElse(9400);
    return URI.create((certificate().isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
  }

  private Optional<Path> certificate() {
    return setting(CommonSettings.TLS_CERTIFICATE).map(Path::of);
  }

  private Optional<String> setting(String key) {
    // An empty value is one, as it is to the service: it says that there is none.
    return Optional.ofNullable(environment.get(SettingsSources.variable(key)))
        .or(() -> Optional.ofNullable(file.getProperty(key)))
        .map(String::trim)
        .filter(value -> !value.isEmpty());
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
  boolean passes(URI address) {
    try {
      HttpURLConnection connection = connection(address);
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

  private HttpURLConnection connection(URI address) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    if (connection instanceof HttpsURLConnection secured && certificate().isPresent()) {
      secured.setSSLSocketFactory(
          OwnCertificate.client(certificate().orElseThrow()).getSocketFactory());
      // That one certificate is trusted, for whatever name it is.
      secured.setHostnameVerifier((host, session) -> true);
    }
    return connection;
  }
}
