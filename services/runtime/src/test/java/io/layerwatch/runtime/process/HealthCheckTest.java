package io.layerwatch.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.settings.Port;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HealthCheckTest {

  private static final Map<String, String> NO_VARIABLES = Map.of("PATH", "/bin");

  @TempDir private Path directory;

  @Test
  void thePortIsTheEnvironmentsElseTheFilesElseTheDefault() throws IOException {
    Path file = directory.resolve("layerwatch.properties");
    assertThat(HealthCheck.port(NO_VARIABLES, file)).isEqualTo(9400);
    Files.writeString(file, "admin.port = 9500 or any\nscorer.window.size = 5s\n");
    assertThat(HealthCheck.port(NO_VARIABLES, file)).isEqualTo(9500);
    assertThat(HealthCheck.port(Map.of("LAYERWATCH_ADMIN_PORT", "9600"), file)).isEqualTo(9600);
  }

  @Test
  void onlyAHealthyProcessPasses() {
    Health health = new Health();
    URI address;
    try (AdminServer server =
        AdminServer.start("127.0.0.1", Port.ANY, new PrometheusRegistry(), health)) {
      address = URI.create("http://127.0.0.1:" + server.port() + "/healthz");
      assertThat(HealthCheck.check(address)).isTrue();
      assertThat(HealthCheck.check(address.resolve("/nowhere"))).isFalse();
      health.fail("it is broken");
      assertThat(HealthCheck.check(address)).isFalse();
    }
    assertThat(HealthCheck.check(address)).isFalse();
  }
}
