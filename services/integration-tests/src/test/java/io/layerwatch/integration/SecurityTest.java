package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.integration.RecommendationsCli.Outcome;
import io.layerwatch.recommender.Recommender;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.recommender.read.RecommendationsCommand;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.scorer.ScoreCommand;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.scorer.replay.ReplayCommand;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole loop with nothing in the clear: Kafka over SASL_SSL with SCRAM, the registry over TLS
 * with a password, our own endpoints over TLS with tokens. And none of these secrets shows.
 */
@TestMethodOrder(OrderAnnotation.class)
class SecurityTest {

  private static final String KAFKA_PASSWORD = "Quince-5512-opens-kafka";
  private static final String REGISTRY_PASSWORD = "Medlar-8841-opens-the-registry";
  private static final String STORE_PASSWORD = "Sorb-2207-opens-the-truststore";
  private static final String ADMIN_TOKEN = "Damson-6630-opens-the-admin-port";
  private static final String API_KEY = "sk-Greengage-4409-of-the-api";
  private static final String WRONG = "Bullace-7175-opens-nothing";

  @TempDir private static Path directory;

  private static final Secrets SECRETS = new Secrets();
  private static final PrometheusRegistry METRICS = new PrometheusRegistry();
  private static final Received RECEIVED = new Received();
  private static final List<AutoCloseable> PARTS = new ArrayList<>();

  private static WholeLog log;
  private static TestAuthority authority;
  private static GuardedBroker broker;
  private static GuardedRegistry registry;
  private static Deployment deployment;
  private static AdminServer admin;
  private static HttpClient http;
  private static URI api;

  @BeforeAll
  static void start() throws Exception {
    log = part(new WholeLog());
    authority = new TestAuthority(directory);
    http = HttpClient.newBuilder().sslContext(authority.trusted()).build();
    broker = part(new GuardedBroker(authority, KAFKA_PASSWORD));
    registry = part(new GuardedRegistry(authority, REGISTRY_PASSWORD));
    Map<String, String> settings = new HashMap<>(connection());
    TestAuthority.Issued issued = authority.issue();
    settings.put(CommonSettings.TLS_CERTIFICATE, issued.certificate().toString());
    settings.put(CommonSettings.TLS_KEY, issued.key().toString());
    settings.put(CommonSettings.ADMIN_TOKEN_FILE, file("admin-token", ADMIN_TOKEN).toString());
    settings.put(InstrumentationSettings.TOKEN_FILE, file("api-key", API_KEY).toString());
    settings.put(CommonSettings.ADMIN_HOST, "127.0.0.1");
    settings.put(CommonSettings.ADMIN_PORT, "0");
    settings.put(InstrumentationSettings.BACKLOG_WINDOW, "1s");
    settings.put(ScorerSettings.WINDOW_SIZE, "1s");
    settings.put(ScorerSettings.WINDOW_GRACE, "500ms");
    settings.put(ScorerSettings.SPARSITY_THRESHOLD, "0.1");
    settings.put(RecommenderSettings.WINDOWS, "3");
    settings.put(RecommenderSettings.MINIMUM_TOKENS, "10");
    settings.put(VerifierSettings.DATA, evaluation().toString());
    settings.put(VerifierSettings.SHARE, "1");
    for (String secret :
        List.of(
            KAFKA_PASSWORD,
            REGISTRY_PASSWORD,
            STORE_PASSWORD,
            ADMIN_TOKEN,
            API_KEY,
            WRONG,
            Files.readAllLines(issued.key()).get(1))) {
      // Whatever shows it shows its beginning, and a log of many megabytes is searched for each
      // part.
      SECRETS.addText(secret.substring(0, 14));
    }
    deployment =
        part(
            new Deployment(
                directory, Repository.demoModel(), broker.address(), registry.url(), settings));
    deployment.score(METRICS);
    Recommender recommender = deployment.recommend("recommender", METRICS, deployment.health);
    Instrumentation instrumentation = deployment.instrument(Clock.systemUTC(), METRICS);
    admin = part(AdminServer.of(deployment.settings(), METRICS, deployment.health));
    recommender.serveOn(admin);
    instrumentation.serveOn(admin);
    api = URI.create("https://127.0.0.1:" + instrumentation.port());
    part(new ScoreFeed(deployment.topics(), deployment.settings().kafka(), RECEIVED));
  }

  @AfterAll
  static void stop() throws Exception {
    for (int i = PARTS.size() - 1; i >= 0; i--) {
      PARTS.get(i).close();
    }
  }

  @Test
  @Order(1)
  void aPromptBecomesAScoreAndAdviceThatIsMeasured() throws Exception {
    ObjectNode body =
        ApiClient.JSON
            .createObjectNode()
            .put("prompt", "KING:\nMy lords, the night is cold\n".repeat(5))
            .put("max_tokens", 0);
    HttpRequest.Builder prompt =
        HttpRequest.newBuilder(api.resolve("/v1/completions"))
            .POST(BodyPublishers.ofString(body.toString()));
    assertThat(send(prompt.copy(), "another").statusCode()).isEqualTo(401);
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(
            () -> {
              assertThat(send(prompt.copy(), API_KEY).statusCode()).isEqualTo(200);
              return RECEIVED.recommendations.stream()
                  .anyMatch(each -> each.state() instanceof RecommendationState.Verified);
            });
    assertThat(RECEIVED.withTokens("relative-contribution")).isNotEmpty();
  }

  @Test
  @Order(2)
  void metricsAndAdviceAreForThoseWhoHaveTheToken() throws Exception {
    String address = "https://127.0.0.1:" + admin.port();
    for (String path : List.of("/metrics", "/v1/recommendations", "/probe")) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address + path));
      assertThat(send(request.copy(), "another").statusCode()).isEqualTo(401);
      assertThat(send(request.copy(), ADMIN_TOKEN).statusCode()).isEqualTo(200);
    }
    assertThat(send(HttpRequest.newBuilder(URI.create(address + "/healthz")), "").statusCode())
        .isEqualTo(200);
  }

  @Test
  @Order(3)
  void everyCommandConnectsAsTheServicesDo() throws Exception {
    String config = config(Map.of()).toString();
    Outcome listed = run(new RecommendationsCommand(), "--config", config);
    assertThat(listed.err()).isEmpty();
    assertThat(listed.out()).contains("verified");
    String model = RECEIVED.recommendations.get(0).model().key();
    Outcome approved =
        run(
            new RecommendationsCommand(),
            "approve",
            "--config",
            config,
            "--model",
            model,
            "--reviewer",
            "ann");
    assertThat(approved.code()).as(approved.err()).isZero();
    Outcome replayed =
        run(
            new ReplayCommand(),
            "--config",
            config,
            "--from",
            "1h",
            "--output",
            "topic:replayed",
            "--set",
            "topics.replication.factor=1",
            "--set",
            "scorer.window.size=1s",
            "--set",
            "scorer.window.grace=500ms",
            "--set",
            "scorer.sparsity.threshold=0.1");
    assertThat(replayed.code()).as(replayed.err()).isZero();
  }

  @Test
  @Order(4)
  void whatIsRefusedIsSaidInOneSentence() throws Exception {
    String brokers = broker.address();
    assertRefused(
        "Kafka at " + brokers + " refuses the credentials in kafka.sasl.jaas.config: ",
        Map.of("kafka.sasl.jaas.config", jaas(WRONG)));
    assertRefused(
        "kafka.sasl.jaas.config: expected a login module, \"required\" and options",
        Map.of("kafka.sasl.jaas.config", jaas("half\"" + WRONG)));
    Path other = new TestAuthority(Files.createDirectory(directory.resolve("other"))).certificate();
    assertRefused(
        "the TLS handshake with Kafka at " + brokers + " failed: ",
        Map.of("kafka.ssl.truststore.location", other.toString()));
    assertRefused(
        "Kafka's client cannot be set up: ",
        Map.of("kafka.ssl.truststore.location", directory.resolve("absent").toString()));
    assertRefused(
        "the schema registry at "
            + registry.url()
            + " refuses the credentials in schema.registry.basic.auth.user.info: ",
        Map.of("schema.registry.basic.auth.user.info", GuardedRegistry.USER + ":" + WRONG));
    assertRefused(
        "the TLS handshake with the schema registry at " + registry.url() + " failed: ",
        Map.of("schema.registry.ssl.truststore.location", other.toString()));
  }

  /** The service, and the command that has no topics to make. */
  private static void assertRefused(String sentence, Map<String, String> fault) throws Exception {
    String config = config(fault).toString();
    Outcome service = run(new ScoreCommand(), "--config", config, "--set", "admin.port=0");
    assertThat(service.code()).as(service.err()).isEqualTo(1);
    assertThat(service.err()).startsWith("layerwatch: " + sentence);
    Outcome command = run(new RecommendationsCommand(), "--config", config);
    assertThat(command.code()).as(command.err()).isEqualTo(1);
    for (Outcome outcome : List.of(service, command)) {
      assertThat(outcome.err().lines()).as(outcome.err()).hasSizeLessThan(3);
      assertThat(SECRETS.in(outcome.err().getBytes(StandardCharsets.UTF_8))).isEmpty();
    }
    if (!sentence.startsWith("Kafka's client")) {
      assertThat(command.err()).contains("layerwatch: " + sentence);
    }
  }

  @Test
  @Order(5)
  void noSecretIsInAnyLogMetricOrRecord() throws Exception {
    try (RawRecords records = new RawRecords(deployment.settings().kafka(), deployment.topics())) {
      records.send("m@r".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3}).get();
      await().atMost(Duration.ofSeconds(20)).until(() -> !records.letters().isEmpty());
    }
    Map<String, Integer> counts = new TreeMap<>();
    assertThat(WholeBroker.found(SECRETS, deployment.settings().kafka(), counts)).isEmpty();
    assertThat(counts).containsKeys(deployment.topics().rejected().name(), "__consumer_offsets");
    HttpRequest.Builder metrics =
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + admin.port() + "/metrics"));
    byte[] scraped = send(metrics, ADMIN_TOKEN).body().getBytes(StandardCharsets.UTF_8);
    assertThat(new String(scraped, StandardCharsets.UTF_8)).contains("status=\"401\"");
    assertThat(SECRETS.in(scraped)).isEmpty();
    byte[] logged = log.bytes();
    String text = new String(logged, StandardCharsets.UTF_8);
    assertThat(text).contains("DEBUG org.apache.kafka", "DEBUG io.netty", "sasl.jaas.config");
    assertThat(SECRETS.in(logged)).isEmpty();
  }

  private static <T extends AutoCloseable> T part(T part) {
    PARTS.add(part);
    return part;
  }

  private static Path file(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name), text + "\n");
  }

  private static Path evaluation() {
    return Repository.root().resolve("services/standalone/demo/evaluation.jsonl");
  }

  private static String jaas(String password) {
    return "org.apache.kafka.common.security.scram.ScramLoginModule required username=\""
        + GuardedBroker.USER
        + "\" password=\""
        + password
        + "\";";
  }

  /** As a deployment has it whose passwords are mounted as a file. */
  private static Map<String, String> connection() throws IOException {
    Path secrets =
        file("secrets.properties", "kafka=" + KAFKA_PASSWORD + "\nregistry=" + REGISTRY_PASSWORD);
    return Map.ofEntries(
        Map.entry("kafka.security.protocol", "SASL_SSL"),
        Map.entry("kafka.sasl.mechanism", "SCRAM-SHA-512"),
        Map.entry("kafka.sasl.jaas.config", jaas("${file:" + secrets + ":kafka}")),
        Map.entry("kafka.ssl.truststore.type", "PEM"),
        Map.entry("kafka.ssl.truststore.location", authority.certificate().toString()),
        Map.entry("kafka.config.providers", "file"),
        Map.entry(
            "kafka.config.providers.file.class",
            "org.apache.kafka.common.config.provider.FileConfigProvider"),
        Map.entry("schema.registry.basic.auth.credentials.source", "USER_INFO"),
        Map.entry(
            "schema.registry.basic.auth.user.info",
            GuardedRegistry.USER + ":${file:" + secrets + ":registry}"),
        Map.entry("schema.registry.ssl.truststore.type", "PEM"),
        Map.entry("schema.registry.ssl.truststore.location", authority.certificate().toString()));
  }

  /** As people have it who write all of it into one file. */
  private static Path config(Map<String, String> changes) throws IOException {
    Properties properties = new Properties();
    properties.putAll(
        Map.ofEntries(
            Map.entry("kafka.bootstrap.servers", broker.address()),
            Map.entry("kafka.security.protocol", "SASL_SSL"),
            Map.entry("kafka.sasl.mechanism", "SCRAM-SHA-512"),
            Map.entry("kafka.sasl.jaas.config", jaas(KAFKA_PASSWORD)),
            Map.entry("schema.registry.url", registry.url()),
            Map.entry("schema.registry.basic.auth.credentials.source", "USER_INFO"),
            Map.entry(
                "schema.registry.basic.auth.user.info",
                GuardedRegistry.USER + ":" + REGISTRY_PASSWORD)));
    for (String client : List.of("kafka", "schema.registry")) {
      String location = client + ".ssl.truststore.location";
      boolean changed = changes.containsKey(location);
      properties.put(client + ".ssl.truststore.type", changed ? "PEM" : "PKCS12");
      properties.put(location, authority.truststore(STORE_PASSWORD).toString());
      if (!changed) {
        properties.put(client + ".ssl.truststore.password", STORE_PASSWORD);
      }
    }
    properties.putAll(changes);
    Path file = directory.resolve("config.properties");
    try (Writer out = Files.newBufferedWriter(file)) {
      properties.store(out, null);
    }
    return file;
  }

  private static Outcome run(Callable<Integer> command, String... arguments) {
    return RecommendationsCli.execute(command, arguments);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, String token)
      throws IOException, InterruptedException {
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }
}
