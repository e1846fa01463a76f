package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.integration.RecommendationsCli.Outcome;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.recommender.read.CurrentRecommendations;
import io.layerwatch.recommender.read.RecommendationsEndpoint;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.LogRecording;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.TopicProvisioner;
import io.layerwatch.runtime.topics.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recommendations as people read and review them, with two recommenders on a real broker. */
class RecommendationsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final String VERIFIED =
      "verified: without layers [2] 95.0 ± 2.0 % of next-token accuracy is retained, perplexity × 1.11";

  @TempDir private static Path directory;

  private static Deployment deployment;
  private static KafkaOnlooker kafka;
  private static RecommenderInstance one;
  private static RecommenderInstance two;
  private static RecommendationsCli cli;

  @BeforeAll
  static void start() {
    deployment =
        new Deployment(
            directory,
            Repository.demoModel(),
            Map.of(
                RecommenderSettings.WINDOWS,
                "3",
                RecommenderSettings.WITHDRAW_AFTER,
                "2",
                RecommenderSettings.MINIMUM_TOKENS,
                "100",
                CommonSettings.TOPICS_PARTITIONS,
                "3"));
    kafka = new KafkaOnlooker(deployment.settings());
    cli = new RecommendationsCli(deployment.settings());
    one = RecommenderInstance.start(deployment, "recommender-1");
    two = RecommenderInstance.start(deployment, "recommender-2");
    await()
        .atMost(TIMEOUT)
        .until(() -> one.health().problems().isEmpty() && two.health().problems().isEmpty());
  }

  @AfterAll
  static void close() {
    one.close();
    two.close();
    kafka.close();
    deployment.close();
  }

  @Test
  void whatWasVerifiedIsApprovedAndDiscardedAndBothAreOnTheTopicAndServed() throws Exception {
    ScriptedAdvice shop = candidate("shop@r1");
    Outcome tooEarly = cli.review("approve", "shop@r1");
    assertThat(tooEarly.code()).isEqualTo(1);
    assertThat(tooEarly.err())
        .isEqualTo(
            "layerwatch: shop@r1: only what was verified can be approved; candidate: layers [2]"
                + " score lowest in 3 windows; not measured\n");
    shop.passes(2);
    awaitReason("shop@r1", VERIFIED);

    Outcome approved = cli.review("approve", "shop@r1", "--comment", "after the launch");
    assertThat(approved.code()).as(approved.err()).isZero();
    assertThat(approved.out())
        .isEqualTo("shop@r1  " + VERIFIED + "; approved by ann (after the launch)\n");
    JsonNode record =
        ApiClient.JSON.readTree(cli.list("--model", "shop", "--output", "json").out());
    assertThat(record.at("/status").asText()).isEqualTo("VERIFIED");
    assertThat(record.at("/layers").toString()).isEqualTo("[2]");
    assertThat(record.at("/evaluation/accuracyRetained").asDouble()).isEqualTo(0.95);
    assertThat(record.at("/review/decision").asText()).isEqualTo("APPROVED");
    assertThat(record.at("/review/reviewer").asText()).isEqualTo("ann");
    assertThat(record.at("/review/comment").asText()).isEqualTo("after the launch");
    for (RecommenderInstance instance : List.of(one, two)) {
      await().atMost(TIMEOUT).until(() -> instance.json("/shop@r1").equals(record));
    }
    assertThat(cli.list("--model", "shop@r1").out())
        .contains("shop@r1  " + VERIFIED)
        .contains("ranked by AVSS at relative-contribution; 4 layers, counted from 0; as of 20")
        .contains("without [2]: 95.0 ± 2.0 % retained, perplexity × 1.11")
        .contains("block influence would take ");

    Outcome discarded = cli.review("discard", "shop@r1");
    assertThat(discarded.code()).as(discarded.err()).isZero();
    assertThat(discarded.out()).isEqualTo("shop@r1  discarded: layers [2] by ann\n");
    Outcome tooLate = cli.review("approve", "shop@r1");
    assertThat(tooLate.code()).isEqualTo(1);
    assertThat(tooLate.err())
        .isEqualTo(
            "layerwatch: shop@r1: nothing stands that could be approved; discarded: layers [2]"
                + " by ann\n");
  }

  @Test
  void aCandidateIsDiscardedUnmeasuredAndOnlyByTheLayersThatItNames() {
    candidate("wiki@r1");
    Outcome others = cli.review("discard", "wiki@r1", "--layers", "3,1");
    assertThat(others.code()).isEqualTo(1);
    assertThat(others.err())
        .startsWith(
            "layerwatch: wiki@r1: --layers: expected those of the recommendation, [2], got [1, 3];"
                + " candidate: ")
        .hasLineCount(1);

    Outcome discarded = cli.review("discard", "wiki@r1", "--layers", "2", "--comment", "no");
    assertThat(discarded.code()).as(discarded.err()).isZero();
    assertThat(discarded.out()).isEqualTo("wiki@r1  discarded: layers [2] by ann (no)\n");
  }

  @Test
  void reviewsThatComeTooEarlyTwiceOrForAnotherRevisionOrOtherLayersChangeNothing() {
    Topic<PruningReview> reviews = deployment.topics().pruningReviews();
    ScriptedAdvice late = new ScriptedAdvice(deployment.topics(), kafka, "late@r1");
    double before = verdicts("nothing_proposed");
    late.send(reviews, late.review(Decision.APPROVED, 2));
    new ScriptedAdvice(deployment.topics(), kafka, "late@r2").send(reviews, revised(late));
    await().atMost(TIMEOUT).until(() -> verdicts("nothing_proposed") == before + 2);
    late.windows(3, 2);
    late.passes(2);
    awaitReason("late@r1", VERIFIED);

    double otherLayers = verdicts("other_layers");
    late.send(reviews, late.review(Decision.DISCARDED, 1));
    await().atMost(TIMEOUT).until(() -> verdicts("other_layers") == otherLayers + 1);
    double known = verdicts("known");
    PruningReview approval = late.review(Decision.APPROVED, 2);
    late.send(reviews, approval);
    late.send(reviews, approval);
    await().atMost(TIMEOUT).until(() -> verdicts("known") == known + 1);
    awaitReason("late@r1", VERIFIED + "; approved by ann");
    assertThat(one.get("/late%40r2").statusCode()).isEqualTo(404);
  }

  private static PruningReview revised(ScriptedAdvice advice) {
    return new ScriptedAdvice(deployment.topics(), kafka, advice.model.name() + "@r2")
        .review(Decision.APPROVED, 2);
  }

  @Test
  void aReviewThatCouldSteerATerminalIsADeadLetter() {
    ScriptedAdvice evil = new ScriptedAdvice(deployment.topics(), kafka, "evil@r1");
    Topic<PruningReview> reviews = deployment.topics().pruningReviews();
    byte[] bytes =
        reviews.serde().serializer().serialize(reviews.name(), evil.review(Decision.APPROVED, 2));
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("ann");
    System.arraycopy(new byte[] {27, '[', 'J'}, 0, bytes, at, 3);
    double before = rejected();
    evil.sendBytes(reviews, bytes);
    await().atMost(TIMEOUT).until(() -> rejected() == before + 1);
  }

  @Test
  void everyInstanceAnswersForTheModelsOfAllAndExportsWhatWasVerified() throws Exception {
    String key = "acme/tiny model+1@r2";
    String path = "/acme%2Ftiny%20model+1%40r2";
    ScriptedAdvice tiny = candidate(key);
    HttpResponse<String> unmeasured = one.get(path + "/mergekit.yaml");
    assertThat(unmeasured.statusCode()).isEqualTo(409);
    String refusal =
        key
            + ": only what was verified is exported; candidate: layers [2] score lowest in 3"
            + " windows; not measured";
    assertThat(error(unmeasured)).isEqualTo(refusal);
    assertThat(cli.list("--model", key, "--output", "mergekit"))
        .isEqualTo(new Outcome(1, "", "layerwatch: " + refusal + "\n"));
    tiny.passes(2);
    awaitReason(key, VERIFIED);

    assertThat(one.owns("acme/tiny model+1", "r2"))
        .isNotEqualTo(two.owns("acme/tiny model+1", "r2"));
    for (RecommenderInstance instance : List.of(one, two)) {
      await()
          .atMost(TIMEOUT)
          .until(() -> instance.json(path).at("/status").asText().equals("VERIFIED"));
      assertThat(instance.json("/acme/tiny%20model+1@r2")).isEqualTo(instance.json(path));
      HttpResponse<String> all = instance.get("");
      assertThat(all.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(instance.json("").findValuesAsText("model")).contains("acme/tiny model+1");
      assertThat(instance.json("/")).isEqualTo(instance.json(""));
      HttpResponse<String> yaml = instance.get(path + "/mergekit.yaml");
      assertThat(yaml.statusCode()).isEqualTo(200);
      assertThat(yaml.headers().firstValue("Content-Type")).contains("application/yaml");
      assertThat(yaml.body())
          .endsWith(
              """
              slices:
                - sources:
                    - model:
                        model:
                          path: "acme/tiny model+1"
                      layer_range: [0, 2]
                - sources:
                    - model:
                        model:
                          path: "acme/tiny model+1"
                      layer_range: [3, 4]
              merge_method: passthrough
              """);
      assertThat(instance.get(path + "/modelopt.sh").body()).endsWith("LAYERS_TO_DROP=3\n");
      assertThat(instance.get(path + "/nemo.txt").body()).endsWith("--drop_layers 3\n");
      HttpResponse<String> json = instance.get(path + "/huggingface.json");
      assertThat(json.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(json.body()).contains("\"keptLayers\": [0, 1, 3]");
      for (String format :
          List.of("mergekit.yaml", "modelopt.sh", "nemo.txt", "huggingface.json")) {
        Outcome exported =
            cli.list("--model", key, "--output", format.substring(0, format.indexOf('.')));
        assertThat(exported.code()).as(exported.err()).isZero();
        assertThat(exported.out()).isEqualTo(instance.get(path + "/" + format).body());
      }
    }
  }

  @Test
  void whatIsNotThereIsNotFoundAndNothingCanBeWritten() throws Exception {
    candidate("there@r1");
    for (String path :
        List.of("/nobody@r1", "/nobody@r1/mergekit.yaml", "/mergekit.yaml", "/%2e", "x")) {
      HttpResponse<String> answer = two.get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
      assertThat(error(answer)).as(path).isNotEmpty();
    }
    HttpResponse<String> nobody = two.get("/nobody%40r1");
    assertThat(error(nobody)).isEqualTo("nobody@r1: no recommendation of that model");
    assertThat(ApiClient.JSON.readTree(nobody.body()).at("/models").toString())
        .contains("\"there@r1\"");
    for (String path : List.of("/there@r1/bogus", "/there%40r1/", "/there@r1/a/mergekit.yaml")) {
      HttpResponse<String> bogus = two.get(path);
      assertThat(bogus.statusCode()).as(path).isEqualTo(404);
      assertThat(error(bogus)).startsWith("there@r1: no format is named \"");
      assertThat(ApiClient.JSON.readTree(bogus.body()).at("/formats").toString())
          .isEqualTo("[\"mergekit.yaml\",\"modelopt.sh\",\"nemo.txt\",\"huggingface.json\"]");
    }
    HttpResponse<String> head = two.send("HEAD", "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    HttpResponse<String> post = two.send("POST", "");
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.headers().firstValue("Allow")).contains("GET, HEAD");
    assertThat(error(post)).isEqualTo("expected GET, got POST");
  }

  private static String error(HttpResponse<String> answer) throws IOException {
    return ApiClient.JSON.readTree(answer.body()).at("/error").asText();
  }

  @Test
  void aRecordThatIsDeletedOrCannotBeReadIsNoLongerTheCurrentOne() {
    ScriptedAdvice gone = candidate("gone@r1");
    ScriptedAdvice broken = candidate("broken@r1");
    gone.sendBytes(deployment.topics().pruningRecommendations(), null);
    broken.sendBytes(deployment.topics().pruningRecommendations(), new byte[] {1, 2, 3});
    for (ScriptedAdvice each : List.of(gone, broken)) {
      await().atMost(TIMEOUT).until(() -> one.get("/" + each.model).statusCode() == 404);
      Outcome outcome = cli.list("--model", each.model.key());
      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.err())
          .startsWith("layerwatch: " + each.model + ": no recommendation of that model; there are");
    }
  }

  @Test
  void aReviewThatNobodyTakesUpStaysOnTheTopic() {
    Settings settings =
        settings("alone.", deployment.settings().text(CommonSettings.SCHEMA_REGISTRY_URL));
    try (Topics topics = Topics.of(settings)) {
      new TopicProvisioner(topics, settings).provision();
      ScriptedAdvice advice = new ScriptedAdvice(topics, kafka, "alone@r1");
      Outcome none = cli.list("--set", "topics.prefix=alone.");
      assertThat(none.code()).isZero();
      assertThat(none.out()).isEmpty();
      assertThat(none.err()).startsWith("recommendations: none yet");
      advice.send(topics.pruningRecommendations(), advice.verified(2));

      Outcome outcome =
          cli.review("approve", "alone@r1", "--set", "topics.prefix=alone.", "--timeout", "4s");

      assertThat(outcome.code()).isEqualTo(1);
      assertThat(outcome.err())
          .matches("approve: waiting for .*, for 4 s at most\n[^\n]*\n")
          .endsWith(
              "layerwatch: alone@r1: no recommender took the review up within 4 s; it stays on"
                  + " alone.pruning-reviews, and where the advice stands is: "
                  + VERIFIED
                  + "\n");
      assertThat(kafka.read(topics.pruningReviews()))
          .extracting(PruningReview::describe)
          .containsExactly("approved by ann");
    }
  }

  private static Settings settings(String prefix, String registry) {
    return Settings.load(
        CommonSettings.define(),
        SettingsSources.of(
            Map.of(
                CommonSettings.TOPICS_PREFIX,
                prefix,
                CommonSettings.TOPICS_REPLICATION,
                "1",
                "schema.registry.max.retries",
                "0",
                CommonSettings.BOOTSTRAP_SERVERS,
                deployment.settings().text(CommonSettings.BOOTSTRAP_SERVERS),
                CommonSettings.SCHEMA_REGISTRY_URL,
                registry)));
  }

  @Test
  void nothingIsSaidBeforeAllWasReadWhichIsTriedUntilTheRegistryAnswers() throws Exception {
    candidate("wait@r1");
    URI registry = URI.create(deployment.settings().text(CommonSettings.SCHEMA_REGISTRY_URL));
    try (TcpProxy network = new TcpProxy();
        Topics topics = Topics.of(settings("layerwatch.", "http://" + network.address()));
        RecommenderInstance instance = RecommenderInstance.create()) {
      network.forwardTo(registry.getPort());
      network.be(TcpProxy.Condition.SILENT);
      try (CurrentRecommendations current =
          CurrentRecommendations.start(topics, deployment.settings().kafka(), instance.health())) {
        instance.admin().serve(RecommendationsEndpoint.PATH, new RecommendationsEndpoint(current));
        await()
            .during(Duration.ofMillis(1_500))
            .until(
                () -> {
                  // Cuts what it has swallowed, and swallows on.
                  network.be(TcpProxy.Condition.SILENT);
                  return instance.get("/wait@r1").statusCode() == 503;
                });
        assertThat(instance.health().problems()).containsKey("recommendations");
        network.be(TcpProxy.Condition.GOOD);
        await().atMost(TIMEOUT).until(() -> instance.get("/wait@r1").statusCode() == 200);
        assertThat(instance.health().problems()).isEmpty();
      }
    }
  }

  @Test
  void wrongUsageIsListedAndNothingIsSent() {
    Outcome all =
        RecommendationsCli.execute(
            "approve",
            "--model",
            "shop",
            "--reviewer",
            "",
            "--timeout",
            "soon",
            "--set",
            "topics.prefx=x");
    assertThat(all.code()).isEqualTo(2);
    assertThat(all.err())
        .contains("  --model: expected NAME@REVISION, got \"shop\"\n")
        .contains("  --reviewer: expected a non-empty text without control characters, got \"\"\n")
        .contains("  --timeout: expected a positive duration such as 30s, got \"soon\"\n")
        .contains("  topics.prefx: unknown setting; did you mean topics.prefix?\n");
    Outcome unheard =
        RecommendationsCli.execute(
            "--model", "shop", "discard", "--model", "shop@r1", "--reviewer", "ann");
    assertThat(unheard.code()).isEqualTo(2);
    assertThat(unheard.err()).contains(": expected behind discard, got it before");
    assertThat(RecommendationsCli.execute("approve", "--model", "shop@r1").code()).isEqualTo(2);
  }

  @Test
  void whatCannotBeReadIsOneSentence() throws Exception {
    String nowhere;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nowhere = "127.0.0.1:" + socket.getLocalPort();
    }
    assertFails(
        "topic elsewhere.pruning-recommendations does not exist",
        "--set",
        "topics.prefix=elsewhere.");
    assertFails(
        "Kafka at " + nowhere + " does not answer",
        "--bootstrap-servers",
        nowhere,
        "--set",
        "kafka.default.api.timeout.ms=1500",
        "--set",
        "kafka.request.timeout.ms=1000");
    candidate("read@r1");
    try (LogRecording log = new LogRecording()) {
      assertFails(
          "the schema registry at http://" + nowhere + " does not answer: Connection refused",
          "--schema-registry",
          "http://" + nowhere);
      assertThat(log.warnings()).isEmpty();
    }
    Outcome shown = cli.list("--schema-registry", "http://u:secret@" + nowhere);
    assertThat(shown.code()).isEqualTo(2);
    assertThat(shown.err())
        .contains("schema.registry.url: expected addresses without user and password")
        .endsWith("got \"http://***@" + nowhere + "\"\n");
  }

  @Test
  void aRegistryThatNeverAnswersIsWaitedForNoLongerThanIsSaid() throws Exception {
    candidate("silent@r1");
    URI registry = URI.create(deployment.settings().text(CommonSettings.SCHEMA_REGISTRY_URL));
    try (TcpProxy network = new TcpProxy()) {
      network.forwardTo(registry.getPort());
      network.be(TcpProxy.Condition.SILENT);
      String url = "http://" + network.address();
      String brokers = deployment.settings().text(CommonSettings.BOOTSTRAP_SERVERS);
      long start = System.nanoTime();
      Outcome outcome = cli.list("--schema-registry", url, "--timeout", "3s");
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
      assertThat(outcome.code()).isEqualTo(1);
      String both = "Kafka at " + brokers + " and the schema registry at " + url;
      assertThat(outcome.err())
          .startsWith("recommendations: waiting for " + both + ", for 3 s at most\n")
          .contains("layerwatch: no answer within 3 s from " + both + "; --bootstrap-servers and");
    }
  }

  private static void assertFails(String message, String... arguments) {
    Outcome outcome = cli.list(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    // Before it, a slow machine is told what is waited for.
    assertThat(outcome.err().replaceFirst("^recommendations: waiting for .*\n", ""))
        .startsWith("layerwatch: ")
        .contains(message)
        .hasLineCount(1);
  }

  @Test
  void anExportIsOfOneModel() {
    candidate("several@r1");
    candidate("several@r2");
    Outcome outcome = cli.list("--model", "several", "--output", "nemo");
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err())
        .isEqualTo(
            "layerwatch: --model: expected one model to export, got several@r1, several@r2\n");
  }

  private static ScriptedAdvice candidate(String key) {
    ScriptedAdvice advice = new ScriptedAdvice(deployment.topics(), kafka, key);
    advice.windows(3, 2);
    awaitReason(key, "candidate: layers [2] score lowest in 3 windows; not measured");
    return advice;
  }

  /** Waits until both instances say so. */
  private static void awaitReason(String key, String reason) {
    String path = "/" + key.replace(" ", "%20");
    for (RecommenderInstance instance : List.of(one, two)) {
      await()
          .atMost(TIMEOUT)
          .until(
              () ->
                  instance.get(path).statusCode() == 200
                      && instance.json(path).at("/reason").asText().equals(reason));
    }
  }

  private static double verdicts(String outcome) {
    return total("layerwatch_recommender_verdicts_total", "kind", "review", "outcome", outcome);
  }

  private static double rejected() {
    return total("layerwatch_recommender_rejected_records_total", "reason", "impossible");
  }

  private static double total(String name, String... labels) {
    return Stream.of(one, two)
        .mapToDouble(instance -> Metrics.value(instance.metrics(), name, labels))
        .filter(value -> !Double.isNaN(value))
        .sum();
  }
}
