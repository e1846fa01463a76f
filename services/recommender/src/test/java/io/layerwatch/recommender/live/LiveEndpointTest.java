package io.layerwatch.recommender.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.recommender.Windows;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.Port;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LiveEndpointTest {

  private static final String SITE = "relative-contribution";

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final LiveState state = new LiveState();
  private final AdminServer admin = AdminServer.start("127.0.0.1", Port.ANY, metrics, new Health());

  @BeforeEach
  void serve() {
    new LivePage(state, metrics, SITE).serveOn(admin);
  }

  @AfterEach
  void stop() {
    admin.close();
  }

  @Test
  void beforeTheFirstWindowThereIsNoModel() throws Exception {
    JsonNode answer = json("/v1/live");
    assertThat(answer.get("models")).isEmpty();
    assertThat(answer.has("model")).isFalse();
  }

  @Test
  void aWindowHasTheFiguresOfEveryLayer() throws Exception {
    state.on(Windows.DEMO.lowest(1, 3));
    JsonNode answer = json("/v1/live");
    assertThat(answer.get("model").asText()).isEqualTo("demo@r1");
    assertThat(answer.get("layerCount").asInt()).isEqualTo(4);
    JsonNode window = answer.get("windows").get(0);
    assertThat(window.get("end").asLong()).isEqualTo(180_000);
    assertThat(window.get("incomplete").isNull()).isTrue();
    // AVSS of 5, 1, 7 and 8: with a tenth near zero, variances of a tenth.
    assertThat(window.get("avss")).hasToString("[5.0,1.0,7.0,8.0]");
    assertThat(window.get("variance")).hasToString("[0.5,0.1,0.7,0.8]");
    assertThat(window.get("sparsity")).hasToString("[0.1,0.1,0.1,0.1]");
    assertThat(window.get("normalizedAvss")).hasToString("[0.2381,0.047619,0.33333,0.38095]");
    assertThat(window.get("blockInfluence")).hasToString("[0.1,0.1,0.1,0.1]");
  }

  @Test
  void onlyWhatIsNewIsInTheAnswer() throws Exception {
    state.on(Windows.DEMO.lowest(1, 1));
    state.on(Windows.DEMO.lowest(1, 2));
    long known = json("/v1/live").at("/windows/1/change").asLong();
    assertThat(json("/v1/live?since=" + known).get("windows")).isEmpty();
    state.on(Windows.DEMO.lowest(1, 3));
    assertThat(json("/v1/live?since=" + known).get("windows")).hasSize(1);
  }

  @Test
  void modelAndSiteAreChosen() throws Exception {
    state.on(Windows.DEMO.ofModel("a/b").lowest(1, 1));
    state.on(Windows.DEMO.ofModel("a/b").at("block-output").lowest(1, 1));
    state.on(Windows.DEMO.ofModel("later").lowest(1, 2));
    assertThat(json("/v1/live").get("model").asText()).isEqualTo("later@r1");
    JsonNode chosen = json("/v1/live?model=a%2Fb%40r1&site=block-output");
    assertThat(chosen.get("model").asText()).isEqualTo("a/b@r1");
    assertThat(chosen.get("site").asText()).isEqualTo("block-output");
    assertThat(chosen.get("models")).hasSize(2);
    assertThat(get("/v1/live?model=gone%40r1").statusCode()).isEqualTo(404);
    assertThat(get("/v1/live?since=x").statusCode()).isEqualTo(400);
  }

  @Test
  void adviceAndDriftAreSaidAsEverywhere() throws Exception {
    state.on(Windows.DEMO.lowest(1, 1));
    Collecting collecting = new Collecting(3, 10, "layers differ");
    state.on(
        new PruningRecommendation(
            new ModelId("demo", "r1"), Instant.EPOCH, SITE, Ranking.AVSS, 4, 10, collecting));
    state.on(
        new LayerDrift(
            new ModelId("demo", "r1"),
            SITE,
            2,
            "avss",
            true,
            Instant.ofEpochSecond(5),
            3,
            2,
            0.4,
            0.1,
            "why"));
    JsonNode answer = json("/v1/live");
    assertThat(answer.at("/recommendation/text").asText()).isEqualTo(collecting.describe());
    assertThat(answer.at("/recommendation/status").asText()).isEqualTo("collecting");
    assertThat(answer.at("/recommendation/exports")).isEmpty();
    assertThat(answer.at("/drift/0"))
        .hasToString(
            "{\"score\":\"avss\",\"layer\":2,\"direction\":\"above\",\"since\":5000,\"value\":3.0,"
                + "\"baseline\":2.0,\"reason\":\"why\"}");
  }

  @Test
  void whatAScorerHereKnowsOfDriftIsSaidWhereTheTopicHasItNoMore() throws Exception {
    Gauge learning = gauge("layerwatch_drift_learning_scores", "model", "revision", "site");
    Gauge drift = gauge("layerwatch_layer_drift", "model", "revision", "site", "layer", "score");
    state.on(Windows.DEMO.lowest(1, 1));
    state.on(Windows.DEMO.at("block-output").lowest(1, 1));
    state.on(drift(1, "avss", 2));
    learning.labelValues("demo", "r1", SITE).set(6);
    drift.labelValues("demo", "r1", SITE, "0", "avss").set(0);
    drift.labelValues("demo", "r1", SITE, "1", "avss").set(1);
    drift.labelValues("demo", "r1", SITE, "2", "block-influence").set(-1);
    drift.labelValues("demo", "r1", SITE, "3", "non-finite").set(1);
    drift.labelValues("demo", "r2", SITE, "3", "avss").set(1);
    JsonNode answer = json("/v1/live");
    assertThat(answer.get("learning").asInt()).isEqualTo(6);
    assertThat(answer.get("drift")).hasSize(3);
    assertThat(answer.at("/drift/0/value").asDouble()).as("as the topic has it").isEqualTo(2);
    assertThat(answer.at("/drift/0/direction").asText()).isEqualTo("below");
    assertThat(answer.at("/drift/1"))
        .hasToString(
            "{\"score\":\"block-influence\",\"layer\":2,\"direction\":\"below\",\"since\":null,"
                + "\"value\":null,\"baseline\":null,\"reason\":null}");
    assertThat(answer.at("/drift/2/direction").isNull()).isTrue();
    JsonNode elsewhere = json("/v1/live?site=block-output");
    assertThat(elsewhere.get("learning").isNull()).isTrue();
    assertThat(elsewhere.get("drift")).isEmpty();
  }

  private Gauge gauge(String name, String... labels) {
    return Gauge.builder().name(name).labelNames(labels).register(metrics);
  }

  private static LayerDrift drift(int layer, String score, double value) {
    return new LayerDrift(
        new ModelId("demo", "r1"),
        SITE,
        layer,
        score,
        true,
        Instant.ofEpochSecond(5),
        value,
        4,
        0.4,
        0.1,
        "why");
  }

  @Test
  void theLedgerIsWhatThisProcessesMetricsSayOfTheModel() throws Exception {
    state.on(Windows.DEMO.lowest(1, 1));
    Gauge ledger = gauge("layerwatch_scorer_ledger_layer_tokens", "model", "revision", "entry");
    ledger.labelValues("demo", "r1", "scored").set(40);
    ledger.labelValues("demo", "r2", "scored").set(50);
    Counter dropped =
        Counter.builder()
            .name("layerwatch_publisher_dropped_layer_tokens_total")
            .labelNames("reason")
            .register(metrics);
    dropped.labelValues("refused").inc(2);
    dropped.labelValues("shutdown").inc(3);
    JsonNode answer = json("/v1/live");
    assertThat(answer.get("ledger")).hasToString("{\"scored\":40}");
    assertThat(answer.get("dropped")).hasToString("{\"refused\":2,\"shutdown\":3}");
  }

  @Test
  void whereNoMetricsSayAnythingThatIsSaid() throws Exception {
    state.on(Windows.DEMO.lowest(1, 1));
    JsonNode answer = json("/v1/live");
    assertThat(answer.get("ledger")).isEmpty();
    assertThat(answer.get("dropped")).isEmpty();
    assertThat(answer.get("learning").isNull()).isTrue();
  }

  @Test
  void nothingIsCachedGuessedFramedOrLoadedFromElsewhere() throws Exception {
    for (String path : List.of("/", "/page/live.js", "/page/live.css", "/v1/live")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(header(answer, "Content-Security-Policy"))
          .contains("default-src 'self'")
          .contains("frame-ancestors 'none'");
      assertThat(header(answer, "X-Content-Type-Options")).isEqualTo("nosniff");
    }
    assertThat(header(get("/v1/live"), "Cache-Control")).isEqualTo("no-store");
    assertThat(get("/page/none.js").statusCode()).isEqualTo(404);
    assertThat(get("/page/").statusCode()).isEqualTo(404);
    for (String path : List.of("/", "/v1/live")) {
      HttpRequest post =
          HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.ofString("x")).build();
      assertThat(HttpClient.newHttpClient().send(post, BodyHandlers.ofString()).statusCode())
          .isEqualTo(405);
    }
  }

  private static String header(HttpResponse<String> answer, String name) {
    return answer.headers().firstValue(name).orElse("");
  }

  private JsonNode json(String path) throws Exception {
    HttpResponse<String> answer = get(path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new ObjectMapper().readTree(answer.body());
  }

  private HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + admin.port() + path);
  }
}
