package io.layerwatch.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.runtime.settings.Port;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Health health = new Health();
  private final AdminServer server = AdminServer.start("127.0.0.1", Port.ANY, metrics, health);

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void metricsAreServedInPrometheusFormat() throws Exception {
    Counter.builder().name("layerwatch_things_total").help("Things.").register(metrics).inc(3);
    HttpResponse<String> answer = get("/metrics");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/plain");
    assertThat(answer.body())
        .contains("# HELP layerwatch_things_total Things.")
        .contains("layerwatch_things_total 3.0");
  }

  @Test
  void readinessFollowsTheChecksAndSaysWhatIsWrong() throws Exception {
    AtomicReference<String> model = new AtomicReference<>("still loading");
    health.addCheck("model", () -> Optional.ofNullable(model.get()));
    health.addCheck("streams", Optional::empty);
    HttpResponse<String> loading = get("/readyz");
    assertThat(loading.statusCode()).isEqualTo(503);
    assertThat(loading.body()).isEqualTo("model: still loading\n");
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    model.set(null);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    model.set("gone");
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
  }

  @Test
  void whatFailedForGoodIsNeitherAliveNorReady() throws Exception {
    assertThat(get("/healthz").body()).isEqualTo("alive\n");
    health.fail("scorer stopped");
    health.fail("and something else");
    assertThat(get("/healthz").statusCode()).isEqualTo(503);
    assertThat(get("/healthz").body()).isEqualTo("scorer stopped\n");
    assertThat(get("/readyz").body()).isEqualTo("failed: scorer stopped\n");
    assertThatThrownBy(health::requireSound)
        .isInstanceOf(StartException.class)
        .hasMessage("scorer stopped");
  }

  @Test
  void aPathThatIsNotServedIsNotFoundInJsonThatNamesThoseThatAre() throws Exception {
    server.serve("/v1/things", exchange -> HttpAnswer.error(409, "no").send(exchange));
    for (String path : List.of("/", "/v1", "/v1/", "/v1/thingsx", "/metricsx", "/ready")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(answer.body())
          .isEqualTo(
              "{\"error\":\"%s is not served here\",".formatted(path)
                  + "\"paths\":[\"/healthz\",\"/metrics\",\"/readyz\",\"/v1/things\"]}\n");
    }
    assertThat(get("/v1/things/one").body()).isEqualTo("{\"error\":\"no\"}\n");
  }

  @Test
  void aTakenPortIsOneClearSentence() {
    Port taken = new Port(server.port(), false);
    assertThatThrownBy(() -> AdminServer.start("127.0.0.1", taken, metrics, health))
        .isInstanceOf(StartException.class)
        .hasMessageStartingWith("admin.port: cannot listen on 127.0.0.1:" + server.port());
    try (AdminServer other = AdminServer.start("127.0.0.1", taken.orElseAny(), metrics, health)) {
      assertThat(other.port()).isPositive().isNotEqualTo(server.port());
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build(),
            BodyHandlers.ofString());
  }
}
