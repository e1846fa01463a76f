package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.traffic.TrafficGenerator;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.recommender.live.LivePage;
import io.layerwatch.recommender.live.LiveState;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.scorer.DriftSettings;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.standalone.Standalone;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;

/** The live page in a browser: of a whole deployment with traffic, and of what a script says. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LivePageTest {

  private static final String SITE = "relative-contribution";
  private static final String HOSTILE = "<img src=x onerror=\"document.title='taken'\">/o";
  private static final String TOKEN = "let-me-in";
  private static final Duration TIMEOUT = Duration.ofSeconds(90);

  private final Lifecycle parts = new Lifecycle();
  private final LiveState scripted = new LiveState();
  private final PrometheusRegistry scriptedMetrics = new PrometheusRegistry();
  private Path directory;
  private Browser browser;
  private Standalone standalone;
  private String page;
  private URI scriptedAddress;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    browser = parts.add("browser", Browser.start(directory.resolve("profile")));
    AdminServer admin =
        parts.add(
            "scripted", AdminServer.start("127.0.0.1", Port.ANY, scriptedMetrics, new Health()));
    new LivePage(scripted, scriptedMetrics, SITE).serveOn(admin);
    scriptedAddress = URI.create("http://127.0.0.1:" + admin.port() + "/");
    standalone = parts.add("standalone", new Standalone(SettingsSources.of(settings())));
    page = standalone.adminAddress() + "/";
    parts.add(
        "traffic",
        new TrafficGenerator(
            standalone.api(),
            standalone.instrumentation().security(),
            PromptLine.read(Repository.demoPrompts()),
            new TrafficGenerator.Plan(8, 0.8, 2, Duration.ofMillis(20))));
    // Before there is a baseline: no test comes early enough to see it.
    browser.open(page);
    awaitText("#drift-text", "Still learning what is usual: ");
    await().atMost(TIMEOUT).until(() -> recommended().get("status").asText().equals("VERIFIED"));
  }

  private static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    settings.put(InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString());
    settings.put(InstrumentationSettings.HOST, "127.0.0.1");
    settings.put(InstrumentationSettings.PORT, "0");
    settings.put(InstrumentationSettings.BACKLOG_WINDOW, "2s");
    settings.put(ProbeSettings.BUDGET, "1");
    settings.put(
        VerifierSettings.DATA,
        Repository.demoModel().resolveSibling("evaluation.jsonl").toString());
    settings.put(VerifierSettings.SHARE, "0.5");
    settings.put(ScorerSettings.WINDOW_SIZE, "2s");
    settings.put(ScorerSettings.WINDOW_GRACE, "1s");
    settings.put(DriftSettings.BASELINE_WINDOWS, "10");
    settings.put(DriftSettings.MINIMUM_TOKENS, "50");
    // No traffic makes that much of a change: only the test says what drifts.
    settings.put(DriftSettings.SHIFT, "10");
    settings.put(RecommenderSettings.WINDOWS, "4");
    settings.put(RecommenderSettings.MINIMUM_TOKENS, "50");
    settings.put(RecommenderSettings.PAGE, "true");
    settings.put(CommonSettings.ADMIN_HOST, "127.0.0.1");
    settings.put(CommonSettings.ADMIN_PORT, "0");
    settings.put(CommonSettings.TOPICS_REPLICATION, "1");
    return settings;
  }

  @AfterAll
  void stop() {
    parts.close();
  }

  @BeforeEach
  void forgetWhatWasSaid() {
    browser.open("about:blank");
    browser.size(1400, 1000);
    browser.console();
    browser.network();
  }

  @Test
  void theStoryOfALiveDeploymentIsOnThePage() throws Exception {
    browser.open(page);
    awaitText("#status-text", "Live");
    assertThat(browser.findAll("table.layers tbody tr")).hasSize(12);
    assertThat(colours()).isGreaterThan(5);
    // Advice moves on while one looks: the page must say what the endpoint said at some moment.
    await()
        .atMost(TIMEOUT)
        .untilAsserted(
            () ->
                assertThat(browser.text("#advice-text"))
                    .isEqualTo(live().at("/recommendation/text").asText())
                    .startsWith("verified: without layers " + layers(recommended()) + " "));
    assertThat(browser.text("#measured")).contains(" ± ").contains(" % passed");
    assertThat(browser.findAll("tr.marked")).hasSize(recommended().get("layers").size());
    String export = browser.find("#exports li:nth-child(2) a").getAttribute("href");
    assertThat(export).endsWith("/mergekit.yaml");
    assertThat(get(URI.create(export))).contains("merge_method: passthrough");
    assertThat(browser.text("#ledger")).contains("claimed").contains("dropped");
    assertThat(browser.text("#measured")).contains("without " + layers(recommended()) + " on ");
    awaitText("#drift-text", "No layer has left its baseline at this site.");
    takeScreenshots();
    raiseDrift(3, 1.5);
    awaitText("#drift-text", "AVSS of layer 3 left its baseline.");
    assertThat(browser.text("#drift-table tbody tr")).startsWith("AVSS 3 ").contains(" 1.50 ");
    raiseDrift(5, 0.5);
    awaitText("#drift-text", "AVSS of layers [3, 5] left its baseline.");
    assertThat(browser.text("table.layers tbody tr:nth-child(4) .drift"))
        .contains("▲", "above its baseline", "AVSS");
    assertThat(browser.text("table.layers tbody tr:nth-child(6) .drift"))
        .contains("▼", "below its baseline", "AVSS");
    assertThat(List.of(pointer(3), pointer(5))).containsExactly("up", "down");
    assertThat(browser.text("#legend")).contains("above its baseline", "below its baseline");
    browser.find("#site option[value=block-output]").click();
    awaitText("#drift-text", "No layer has left its baseline");
    assertThat(browser.findAll("table.layers tbody tr")).hasSize(12);
    browser.find("#compare option[value=time]").click();
    awaitText("#heat-summary", "farthest from its median");
    assertThat(browser.console()).isEmpty();
    assertThat(browser.network())
        .isNotEmpty()
        .allMatch(request -> request.contains("\"url\":\"" + page));
  }

  /** With -Dlayerwatch.screenshots=true, once there is something to see, for the README. */
  private void takeScreenshots() throws IOException {
    if (!Boolean.getBoolean("layerwatch.screenshots")) {
      return;
    }
    await().atMost(Duration.ofMinutes(4)).until(() -> live().get("windows").size() >= 60);
    awaitText("#window", "Window ");
    Path images = Files.createDirectories(Repository.root().resolve("docs/images"));
    for (String theme : List.of("light", "dark")) {
      Files.write(images.resolve("live-page-" + theme + ".png"), browser.screenshot());
      browser.find("#theme").click();
    }
  }

  @Test
  void everybodyCanUseItInBothThemesAtAnyWidth() throws Exception {
    browser.open(page);
    awaitText("#status-text", "Live");
    WebElement theme = browser.find("#theme");
    for (String expected : List.of("false", "true")) {
      assertThat(theme.getAttribute("aria-pressed")).isEqualTo(expected);
      assertThat(browser.barriers()).isEmpty();
      theme.click();
    }
    assertThat(browser.run("return document.documentElement.dataset.theme")).isEqualTo("light");
    browser.size(360, 800);
    assertThat(browser.barriers()).isEmpty();
    assertNoSidewaysScroll();
  }

  @Test
  void theKeyboardReachesEverythingAndReadsTheCellsOfTheHeatMap() {
    browser.open(page);
    awaitText("#status-text", "Live");
    List<String> reached = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      press(Keys.TAB);
      reached.add(String.valueOf(browser.run("return document.activeElement.id")));
    }
    assertThat(reached).contains("model", "site", "theme", "figure", "compare", "heat");
    browser.run("document.getElementById('heat').focus()");
    press(Keys.ARROW_DOWN);
    press(Keys.ARROW_DOWN);
    press(Keys.HOME);
    assertThat(browser.text("#readout"))
        .matches(
            "Layer 1, \\d\\d:\\d\\d:\\d\\d–\\d\\d:\\d\\d:\\d\\d: normalised AVSS .* its median.*");
  }

  @Test
  void namesAreTextAndManyLayersFitANarrowPage() {
    browser.size(360, 800);
    browser.open(scriptedAddress.toString());
    awaitText("#waiting h2", "Waiting for the first window to close");
    awaitText("#status-text", "Waiting for the first window");
    scripted.on(window(0, true));
    scripted.on(window(1, false));
    awaitText("#window", "Window 2, ");
    assertThat(browser.find("#model option").getAttribute("textContent"))
        .isEqualTo(HOSTILE + "@r1");
    assertThat(browser.findAll("body img")).hasSize(1);
    assertThat(browser.run("return document.title")).isEqualTo("Layerwatch");
    assertThat(browser.findAll("table.layers tbody tr")).hasSize(126);
    assertThat(browser.text("#status-text")).isEqualTo("Stale: no window closes");
    assertThat(browser.text("#incomplete")).contains("7 summaries missing");
    assertThat(browser.text("#ledger")).contains("No scorer runs in this process");
    assertThat(browser.text("#drift-text")).isEqualTo("No drift was reported at this site.");
    driftOfOld(HOSTILE, 2);
    awaitText("#drift-text", "AVSS of layer 2 left its baseline.");
    assertThat(browser.text("#drift-table tbody tr")).contains("longer than drift is kept");
    assertNoSidewaysScroll();
    assertThat(browser.console()).isEmpty();
  }

  @Test
  void aTokenIsAskedForAndALostConnectionIsSaidAndFoundAgain() throws Exception {
    try (AdminServer guarded = guarded()) {
      browser.open("http://127.0.0.1:" + guarded.port() + "/");
      awaitText("#status-text", "Token needed");
      browser.find("#token").sendKeys("wrong", Keys.ENTER);
      awaitText("#token-problem", "That token was not accepted.");
      browser.network();
      await()
          .during(Duration.ofSeconds(3))
          .atMost(Duration.ofSeconds(8))
          .until(() -> browser.network().isEmpty());
      assertThat(browser.text("#status-text")).isEqualTo("Token needed");
      assertThat(browser.find("#raw").isDisplayed()).isFalse();
      browser.find("#token").clear();
      browser.find("#token").sendKeys(TOKEN, Keys.ENTER);
      await().atMost(TIMEOUT).until(() -> !browser.find("#token-form").isDisplayed());
      assertThat(browser.text("#status-text")).doesNotContain("Token");
      browser.find("#raw a[href=metrics]").click();
      Path saved = browser.downloads().resolve("metrics.txt");
      await().atMost(TIMEOUT).until(() -> Files.exists(saved));
      assertThat(saved).content().contains("tried_total");
      browser.find("#raw a[href$=recommendations]").click();
      awaitText("#file-problem", "recommendations.json was not saved: the server answers 404.");
      assertThat(browser.downloads()).isDirectoryNotContaining("glob:**recommendations*");
    }
    awaitText("#lost", "Connection lost at ");
    awaitText("#status-text", "Connection lost");
  }

  @Test
  void itDoesWithoutStorageWhereThatIsBlocked() throws Exception {
    String blocked =
        """
        for (const area of ['localStorage', 'sessionStorage']) {
          Object.defineProperty(window, area, { get() { throw new DOMException('blocked', 'SecurityError'); } });
        }
        """;
    Runnable allowAgain = browser.beforeEveryPage(blocked);
    try (AdminServer guarded = guarded()) {
      browser.open("http://127.0.0.1:" + guarded.port() + "/");
      awaitText("#status-text", "Token needed");
      browser.find("#theme").click();
      browser.find("#token").sendKeys(TOKEN, Keys.ENTER);
      await().atMost(TIMEOUT).until(() -> !browser.find("#token-form").isDisplayed());
      assertThat(browser.find("#theme").getAttribute("aria-pressed")).isEqualTo("true");
    } finally {
      allowAgain.run();
    }
  }

  private AdminServer guarded() throws IOException {
    Map<String, String> settings =
        Map.of(
            CommonSettings.ADMIN_HOST, "127.0.0.1",
            CommonSettings.ADMIN_PORT, "0",
            CommonSettings.ADMIN_TOKEN_FILE,
                Files.writeString(directory.resolve("tokens"), TOKEN).toString());
    PrometheusRegistry metrics = new PrometheusRegistry();
    Counter.builder().name("tried_total").register(metrics);
    AdminServer guarded =
        AdminServer.of(
            Settings.load(CommonSettings.define(), SettingsSources.of(settings)),
            metrics,
            new Health());
    new LivePage(scripted, new PrometheusRegistry(), SITE).serveOn(guarded);
    return guarded;
  }

  /** A scorer's metrics that say what no topic has any more. */
  private void driftOfOld(String model, int layer) {
    Gauge.builder()
        .name("layerwatch_layer_drift")
        .labelNames("model", "revision", "site", "layer", "score")
        .register(scriptedMetrics)
        .labelValues(model, "r1", SITE, String.valueOf(layer), "avss")
        .set(-1);
  }

  private void raiseDrift(int layer, double factor) {
    try (KafkaOnlooker kafka = new KafkaOnlooker(standalone.settings())) {
      var topic = standalone.topics().layerDrift();
      ModelId model =
          ModelId.parse(
              recommended().get("model").asText() + "@" + recommended().get("revision").asText());
      LayerDrift drift =
          new LayerDrift(
              model,
              SITE,
              layer,
              "avss",
              true,
              Instant.now().truncatedTo(ChronoUnit.MILLIS),
              2 * factor,
              2,
              Math.log(factor),
              0.1,
              "AVSS is " + factor + " times its baseline of 10 windows");
      kafka.sendBytes(
          topic.name(),
          model.key(),
          Instant.now(),
          topic.serde().serializer().serialize(topic.name(), drift));
    }
  }

  /** A window of an hour ago, of a model of 126 layers whose name is markup. */
  private static ModelScores window(int number, boolean complete) {
    TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int layer = 0; layer < 126; layer++) {
      layers.put(
          layer,
          new LayerStatistics(
              500,
              0,
              new Moments(1_000, 0, 100.0 * (1 + layer), -9, 9),
              0,
              new NearZeroLadder(new double[] {0.01}, new long[] {100}),
              0,
              450));
    }
    Instant hourAgo = Instant.ofEpochSecond(Instant.now().getEpochSecond() / 60 * 60 - 3_600);
    return ModelScores.of(
        new ModelId(HOSTILE, "r1"),
        new ModelShape(126, 10, 100, 5, 40),
        SITE,
        TimeWindow.of(hourAgo.plusSeconds(60L * number), Duration.ofMinutes(1)),
        complete ? Sources.complete(List.of("host")) : new Sources(List.of("host"), List.of(), 7),
        0.01,
        layers);
  }

  private void press(Keys key) {
    browser.press(key);
  }

  private void awaitText(String css, String expected) {
    await()
        .atMost(TIMEOUT)
        .ignoreException(StaleElementReferenceException.class)
        .untilAsserted(() -> assertThat(browser.text(css)).contains(expected));
  }

  private void assertNoSidewaysScroll() {
    assertThat(browser.run("return document.documentElement.scrollWidth")).isEqualTo(360L);
  }

  /** Different colours on the heat map. */
  private long colours() {
    return (Long)
        browser.run(
            """
            const canvas = document.querySelector('#heat canvas');
            const { data } = canvas.getContext('2d').getImageData(60, 12, canvas.width - 70, canvas.height - 40);
            const found = new Set();
            for (let i = 0; i < data.length; i += 4) found.add(data.slice(i, i + 4).join());
            return found.size;
            """);
  }

  /** Where the triangle points that the heat map has before a layer. */
  private Object pointer(int layer) {
    return browser.run(
        """
        const canvas = document.querySelector('#heat canvas');
        const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
        copy.canvas.width = canvas.width;
        copy.canvas.height = canvas.height;
        copy.drawImage(canvas, 0, 0);
        const middle = 12 + 22 * arguments[0] + 11;
        const drawn = (y) => copy.getImageData(35, y, 1, 1).data[3] > 0;
        const [above, below] = [drawn(middle - 4), drawn(middle + 3)];
        return above === below ? 'nowhere' : above ? 'down' : 'up';
        """,
        layer);
  }

  private static String layers(JsonNode recommendation) {
    return recommendation.get("layers").toString().replace(",", ", ");
  }

  /** What the API says of the one model. */
  private JsonNode recommended() {
    JsonNode all = json("v1/recommendations");
    return all.isArray() && all.size() > 0
        ? all.get(0)
        : new ObjectMapper().createObjectNode().put("status", "none");
  }

  private JsonNode live() {
    return json("v1/live");
  }

  private JsonNode json(String path) {
    try {
      return new ObjectMapper().readTree(get(URI.create(page).resolve(path)));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String get(URI uri) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
        .body();
  }
}
