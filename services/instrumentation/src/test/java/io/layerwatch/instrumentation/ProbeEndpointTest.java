package io.layerwatch.instrumentation;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.probe.ProbeSwitch;
import io.layerwatch.probe.SkipReason;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Port;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProbeEndpointTest {

  private final ProbeSwitch power = new ProbeSwitch(true);
  private final AdminServer server =
      AdminServer.start("127.0.0.1", Port.ANY, new PrometheusRegistry(), new Health());

  @BeforeEach
  void serve() {
    server.serve(ProbeEndpoint.PATH, new ProbeEndpoint(power));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void theProbeIsTurnedOffAndOn() throws Exception {
    assertThat(send("GET", "").body()).isEqualTo("on\n");
    assertThat(send("PUT", "off").body()).isEqualTo("off\n");
    assertThat(power.off()).contains(SkipReason.SWITCHED_OFF);
    assertThat(send("GET", "").body()).isEqualTo("off\n");
    assertThat(send("PUT", "on\n").body()).isEqualTo("on\n");
    assertThat(power.off()).isEmpty();
  }

  @Test
  void anythingElseIsRefusedAndTurnsNothing() throws Exception {
    HttpResponse<String> refused = send("PUT", "maybe");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).isEqualTo("body: expected on or off, got \"maybe\"\n");
    assertThat(send("DELETE", "").statusCode()).isEqualTo(405);
    assertThat(power.off()).isEmpty();
  }

  private HttpResponse<String> send(String method, String body) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + "/probe"))
                .method(method, BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
  }
}
