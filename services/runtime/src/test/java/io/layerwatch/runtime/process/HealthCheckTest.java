package io.layerwatch.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.TestAuthority;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthCheckTest {

  private static final Map<String, String> NO_VARIABLES = Map.of("PATH", "/bin");

  @TempDir private Path directory;

  @Test
  void thePortIsTheEnvironmentsElseTheFilesElseTheDefault() throws IOException {
    Path file = directory.resolve("layerwatch.properties");
    assertThat(port(NO_VARIABLES, file)).isEqualTo(9400);
    Files.writeString(file, "admin.port = 9500 or any\nscorer.window.size = 5s\n");
    assertThat(port(NO_VARIABLES, file)).isEqualTo(9500);
    assertThat(port(Map.of("LAYERWATCH_ADMIN_PORT", "9600"), file)).isEqualTo(9600);
  }

  @Test
  void anEmptyCertificateIsNoneWhateverTheFileSays() throws IOException {
    Path file = directory.resolve("layerwatch.properties");
    Files.writeString(file, "http.tls.certificate = /tls/tls.crt\n");
    assertThat(new HealthCheck(NO_VARIABLES, file).beside()).hasScheme("https");
    for (String empty : List.of("", " ")) {
      assertThat(new HealthCheck(Map.of("LAYERWATCH_HTTP_TLS_CERTIFICATE", empty), file).beside())
          .hasScheme("http");
    }
    Files.writeString(file, "http.tls.certificate =\n");
    assertThat(new HealthCheck(NO_VARIABLES, file).beside()).hasScheme("http");
  }

  private static int port(Map<String, String> environment, Path file) {
    return new HealthCheck(environment, file).beside().getPort();
  }

  @Test
  void onlyAHealthyProcessPasses() {
    requireThatOnlyAHealthyOnePasses(NO_VARIABLES);
  }

  @Test
  void aProcessWithACertificateIsAskedByTlsAndTrustedByThatAlone() throws Exception {
    TestAuthority authority = new TestAuthority(directory);
    var issued = authority.issue(Instant.now().plusSeconds(3600), "192.0.2.1");
    Map<String, String> environment =
        Map.of(
            "LAYERWATCH_HTTP_TLS_CERTIFICATE", issued.certificate().toString(),
            "LAYERWATCH_HTTP_TLS_KEY", issued.key().toString());
    requireThatOnlyAHealthyOnePasses(environment);

    var other = authority.issue(Instant.now().plusSeconds(3600), "192.0.2.1");
    try (AdminServer server = start(environment, new Health())) {
      assertThat(
              check(Map.of("LAYERWATCH_HTTP_TLS_CERTIFICATE", other.certificate().toString()))
                  .passes(URI.create("https://127.0.0.1:" + server.port() + "/healthz")))
          .isFalse();
    }
  }

  private void requireThatOnlyAHealthyOnePasses(Map<String, String> environment) {
    Health health = new Health();
    HealthCheck check = check(environment);
    URI address;
    try (AdminServer server = start(environment, health)) {
      URI beside = check.beside();
      address = URI.create(beside.getScheme() + "://127.0.0.1:" + server.port() + "/healthz");
      assertThat(check.passes(address)).isTrue();
      assertThat(check.passes(address.resolve("/nowhere"))).isFalse();
      health.fail("it is broken");
      assertThat(check.passes(address)).isFalse();
    }
    assertThat(check.passes(address)).isFalse();
  }

  private HealthCheck check(Map<String, String> environment) {
    return new HealthCheck(environment, directory.resolve("no.properties"));
  }

  private static AdminServer start(Map<String, String> environment, Health health) {
    SettingsSources sources =
        new SettingsSources(Map.of(), Optional.empty(), environment, Map.of("admin.port", "0"));
    return AdminServer.of(
        Settings.load(CommonSettings.define(), sources), new PrometheusRegistry(), health);
  }
}
