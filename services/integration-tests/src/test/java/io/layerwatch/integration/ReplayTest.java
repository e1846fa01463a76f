package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.runtime.process.CommandErrors;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.scorer.ScorerSettings;
import io.layerwatch.scorer.replay.ReplayCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * A replay over a real broker, beside the live scorer. Two instances flushed every 10 s for eight
 * minutes; one flush came only after its window had closed, one at a window's end never, and among
 * the records are bad ones.
 */
class ReplayTest {

  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final int LATE_SECOND = 150;
  private static final int LOST_SECOND = 290;
  private static final int SUMMARIES_PER_FLUSH = 6;

  @TempDir private static Path directory;

  private static final MeasuredModel MODEL = new MeasuredModel("demo");
  private static final List<ActivationSummary> ALL = new ArrayList<>();
  private static Instant base;
  private static Deployment deployment;
  private static KafkaOnlooker kafka;
  private static List<ModelScores> live;

  private record Outcome(int code, String out, String err) {}

  @BeforeAll
  static void scoreLive() {
    base = TimeWindow.of(Instant.now().minusSeconds(3_600), Duration.ofMinutes(2)).start();
    deployment =
        new Deployment(
            directory,
            Repository.demoModel(),
            // No instance is given up while the test looks on: that would be written, too.
            Map.of(
                ScorerSettings.WINDOW_GRACE,
                "10s",
                ScorerSettings.INSTANCE_TIMEOUT,
                "1h",
                ScorerSettings.MODEL_TIMEOUT,
                "1h"));
    kafka = new KafkaOnlooker(deployment.settings());
    List<ActivationSummary> late = new ArrayList<>();
    for (int second = 0; second < 480; second += 10) {
      for (String instance : List.of("host-1", "host-2")) {
        List<ActivationSummary> flush =
            MODEL.flush(instance, base.plusSeconds(second), INTERVAL, 5 + second % 7);
        if (second == LOST_SECOND && instance.equals("host-2")) {
          continue;
        }
        ALL.addAll(flush);
        if (second == LATE_SECOND && instance.equals("host-2")) {
          late.addAll(flush);
        } else {
          kafka.send(summaries(), flush);
        }
      }
    }
    deployment.score();
    Topic<ModelScores> scores = deployment.topics().layerScores();
    // The last window but one waits for an interval past its end and the grace.
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> kafka.read(scores).size(), size -> size == 7 * MeasuredModel.SITES.size());
    live = kafka.read(scores);
    kafka.send(summaries(), late);
    kafka.send(summaries(), List.of(ALL.get(0), ALL.get(1)));
    kafka.sendBytes(summaries().name(), MODEL.id.key(), base.plusSeconds(65), new byte[] {1, 2, 3});
    ActivationSummary keyed = ALL.get(2);
    kafka.sendBytes(
        summaries().name(),
        "another@r1",
        keyed.interval().start(),
        summaries().serde().serializer().serialize(summaries().name(), keyed));
    // Of another model, with one layer only in the first of two windows that never close.
    MeasuredModel small = new MeasuredModel("small");
    kafka.send(
        summaries(), small.flush("host-1", base.plusSeconds(900), INTERVAL, 5).subList(0, 1));
    kafka.send(summaries(), small.flush("host-1", base.plusSeconds(960), INTERVAL, 5));
    kafka.awaitCommitted("layerwatch-scorer", summaries().name());
  }

  @AfterAll
  static void close() {
    kafka.close();
    deployment.close();
  }

  @Test
  void withTheSameSettingsTheWindowsAreTheLiveOnesAndWhatWasLateIsIncluded() {
    Outcome outcome = replay("--output", "topic:same");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    List<ModelScores> again = kafka.read(deployment.topics().replayedScores("same"));
    assertSame(inTime(again), inTime(live));
    assertThat(live).filteredOn(ReplayTest::hadLate).hasSize(2).noneMatch(ModelScores::complete);
    assertThat(again).filteredOn(ReplayTest::hadLate).hasSize(2).allMatch(ModelScores::complete);
    assertSame(again, offline(Duration.ofMinutes(1), 420, 0.01));
    assertThat(again)
        .extracting(ModelScores::window)
        .isSortedAccordingTo(Comparator.comparing(TimeWindow::start));
  }

  @Test
  void aPartOfTheRangeSaysTheSameAsTheWhole() {
    Instant from = base.plusSeconds(LOST_SECOND).plus(INTERVAL);
    Outcome outcome =
        replay(
            "--from",
            from.toString(),
            "--to",
            from.plusSeconds(60).toString(),
            "--output",
            "topic:part");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertSame(
        kafka.read(deployment.topics().replayedScores("part")),
        live.stream().filter(scores -> scores.window().start().equals(from)).toList());
  }

  @Test
  void withAnotherWindowAndThresholdTheyEqualTheOfflineMerge() {
    Outcome outcome =
        replay(
            "--output",
            "topic:another",
            "--set",
            "scorer.window.size=2m",
            "--set",
            "scorer.sparsity.threshold=0.1");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    // The end is rounded outwards, to 8 minutes.
    assertSame(
        kafka.read(deployment.topics().replayedScores("another")),
        offline(Duration.ofMinutes(2), 480, 0.1));
  }

  @Test
  void nothingLiveIsTouched() {
    KafkaOnlooker.State before = kafka.state();

    assertThat(replay("--output", "topic:untouched").code()).isZero();
    assertThat(replay().code()).isZero();

    KafkaOnlooker.State after = kafka.state();
    assertThat(after.groups()).isEqualTo(before.groups()).containsKey("layerwatch-scorer");
    assertThat(after.ends())
        .containsAllEntriesOf(before.ends())
        .containsKey("layerwatch-scorer-open-windows-changelog-0");
    assertThat(after.ends().keySet().stream().filter(name -> !before.ends().containsKey(name)))
        .allMatch(name -> name.startsWith("untouched-"));
  }

  @Test
  void everyRecordIsAccountedForAndBadOnesAreNotFatal() {
    Outcome outcome = replay("--format", "json");

    assertThat(outcome.code()).isZero();
    int flushes = 2 * 48 - 1;
    int small = 1 + SUMMARIES_PER_FLUSH;
    int used = (2 * 42 - 1) * SUMMARIES_PER_FLUSH;
    assertThat(outcome.err())
        .contains(
            "replay: "
                + (flushes * SUMMARIES_PER_FLUSH + 4 + small)
                + " records read: "
                + used
                + " used, "
                + (flushes * SUMMARIES_PER_FLUSH - used + small)
                + " outside the range, 2 duplicates, 2 rejected (1 undecodable, 1 wrong_key);"
                + " 14 windows scored, 4 of them incomplete")
        .contains("key: expected \"demo@r1\", got \"another@r1\"");
  }

  @Test
  void jsonIsALineAWindowAndOneSiteMayBeAskedFor() throws Exception {
    Outcome outcome = replay("--format", "json", "--site", "block-output", "--model", "demo@r1");

    List<String> lines = outcome.out().lines().toList();
    assertThat(lines).hasSize(7);
    JsonNode first = new ObjectMapper().readTree(lines.get(0));
    assertThat(first.get("windowStart").asText()).isEqualTo(base.toString());
    assertThat(first.get("site").asText()).isEqualTo("block-output");
    assertThat(first.get("layers")).hasSize(3);
    assertThat(replay("--site", "block-output").out())
        .contains("influence")
        .hasLineCount(7 * 6 + 2);
  }

  @Test
  void aTopicThatHoldsSomethingIsRefused() {
    assertThat(replay("--output", "topic:once").code()).isZero();
    int size = kafka.read(deployment.topics().replayedScores("once")).size();

    Outcome again = replay("--output", "topic:once");

    assertThat(again.code()).isEqualTo(1);
    assertThat(again.err())
        .contains("layerwatch: topic once holds records already: name another, or delete it first");
    assertThat(kafka.read(deployment.topics().replayedScores("once"))).hasSize(size);
  }

  @Test
  void aReplayThatFailsLeavesNothingToReadersOfCommittedRecordsAndCanBeRepeated() {
    Topic<ModelScores> topic = deployment.topics().replayedScores("partly");
    kafka.createTopic(topic.name(), 450);
    String[] range = {
      "--model",
      "small@r1",
      "--from",
      base.plusSeconds(900).toString(),
      "--to",
      base.plusSeconds(1_020).toString(),
      "--output",
      "topic:partly"
    };

    Outcome failed = run(arguments(range, "--set", "kafka.batch.size=1"));

    assertThat(failed.code()).as(failed.err()).isEqualTo(1);
    assertThat(failed.err()).contains("layerwatch: topic partly cannot be written: ");
    assertThat(kafka.read(topic)).isEmpty();
    // The two records of the first window, in which all but one summary are missing, are small.
    assertThat(kafka.written(topic)).as(failed.err()).isEqualTo(2);
    kafka.allowLargeRecords(topic.name());
    assertThat(run(range).code()).isZero();
    assertThat(kafka.read(topic)).hasSize(4);
  }

  @Test
  void theSchemaIsRegisteredUnderTheTopicsOwnSubject() throws Exception {
    assertThat(replay("--output", "topic:subject").code()).isZero();
    String url = deployment.settings().text(CommonSettings.SCHEMA_REGISTRY_URL);
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url + "/subjects/subject-value/versions"))
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    assertThat(answer.body()).isEqualTo("[1]");
  }

  @Test
  void aWindowThatIsNoMultipleOfTheIntervalsRejectsThoseThatStraddleTwo() {
    Outcome some = replay("--set", "scorer.window.size=15s", "--set", "scorer.window.grace=0s");
    assertThat(some.code()).isZero();
    // Every third interval lies across two windows.
    assertThat(some.err()).contains((2 * 14 * SUMMARIES_PER_FLUSH) + " misaligned");
    assertThat(some.out()).contains("summaries missing");

    Outcome all =
        replay("--set", "scorer.window.size=5s", "--set", "scorer.sparsity.threshold=0.02");
    assertThat(all.code()).isEqualTo(2);
    assertThat(all.out()).isEmpty();
    assertThat(all.err())
        .contains(
            "  scorer.window.size: expected a multiple of the summaries' intervals, which are up"
                + " to PT10S, got \"5s\"")
        .contains(
            "  scorer.sparsity.threshold: expected a threshold that the summaries count, one of"
                + " 0.001, 0.01, 0.1, got \"0.02\"");
  }

  @Test
  void whatCannotBeReplayedIsOneSentence() throws Exception {
    assertFails(
        "no summaries that can be scored between ",
        "--from",
        base.minusSeconds(3_600).toString(),
        "--to",
        base.minusSeconds(1_800).toString());
    assertFails("no summaries that can be scored of other@r1 between ", "--model", "other@r1");
    assertFails(
        "there are some at block-output, relative-contribution", "--site", "block-contribution");
    assertFails(
        "topic elsewhere.activation-summaries does not exist", "--set", "topics.prefix=elsewhere.");
    String nowhere = "127.0.0.1:" + freePort();
    assertFails(
        "Kafka at " + nowhere + " does not answer",
        "--set",
        "kafka.bootstrap.servers=" + nowhere,
        "--set",
        "kafka.default.api.timeout.ms=1500",
        "--set",
        "kafka.request.timeout.ms=1000");
    assertFails(
        "the schema registry does not answer", "--set", "schema.registry.url=http://" + nowhere);
  }

  private static void assertFails(String message, String... arguments) {
    Outcome outcome = replay(arguments);
    assertThat(outcome.code()).as(outcome.err()).isEqualTo(1);
    assertThat(outcome.out()).isEmpty();
    assertThat(outcome.err().lines().filter(line -> line.startsWith("layerwatch: ")))
        .singleElement()
        .asString()
        .contains(message);
    assertThat(outcome.err()).doesNotContain("\tat ").doesNotContain("replay: 0 records read");
  }

  /** What one batch over all summaries says, the late ones included. */
  private static List<ModelScores> offline(Duration size, long seconds, double threshold) {
    List<ModelScores> expected = new ArrayList<>();
    for (long second = 0; second < seconds; second += size.toSeconds()) {
      TimeWindow window = TimeWindow.of(base.plusSeconds(second), size);
      for (String site : MeasuredModel.SITES) {
        TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
        ALL.stream()
            .filter(summary -> summary.site().equals(site) && window.covers(summary.interval()))
            .forEach(
                summary ->
                    layers.merge(summary.layer(), summary.statistics(), LayerStatistics::merge));
        expected.add(
            ModelScores.of(
                MODEL.id,
                MODEL.shape,
                site,
                window,
                new Sources(List.of("host-1", "host-2"), List.of(), missing(window)),
                threshold,
                layers));
      }
    }
    return expected;
  }

  /** A loss between two windows is told of both; a site has three layers. */
  private static long missing(TimeWindow window) {
    Instant lost = base.plusSeconds(LOST_SECOND);
    boolean within = window.covers(new TimeWindow(lost, lost.plus(INTERVAL)));
    return within || window.start().equals(lost.plus(INTERVAL)) ? 3 : 0;
  }

  private static List<ModelScores> inTime(List<ModelScores> scores) {
    return scores.stream().filter(each -> !hadLate(each)).toList();
  }

  private static boolean hadLate(ModelScores scores) {
    return scores
        .window()
        .equals(TimeWindow.of(base.plusSeconds(LATE_SECOND), Duration.ofMinutes(1)));
  }

  /** Whole windows are the same; doubles to 1e-12, since the wire restores sums from means. */
  private static void assertSame(List<ModelScores> actual, List<ModelScores> expected) {
    assertThat(expected).isNotEmpty();
    assertThat(actual)
        .usingRecursiveComparison()
        .withComparatorForType(ReplayTest::compare, Double.class)
        .withComparatorForType(ReplayTest::compareOptional, OptionalDouble.class)
        .isEqualTo(expected);
  }

  private static int compare(double a, double b) {
    return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b)) ? 0 : Double.compare(a, b);
  }

  private static int compareOptional(OptionalDouble a, OptionalDouble b) {
    return a.isPresent() && b.isPresent()
        ? compare(a.getAsDouble(), b.getAsDouble())
        : Boolean.compare(a.isPresent(), b.isPresent());
  }

  private static Topic<ActivationSummary> summaries() {
    return deployment.topics().activationSummaries();
  }

  /** The first seven minutes, unless the arguments say otherwise. */
  private static Outcome replay(String... arguments) {
    boolean ownRange = List.of(arguments).contains("--from");
    String[] range = {"--from", base.toString(), "--to", base.plusSeconds(420).toString()};
    return run(ownRange ? arguments : arguments(range, arguments));
  }

  private static String[] arguments(String[] first, String... then) {
    return Stream.of(first, then).flatMap(Stream::of).toArray(String[]::new);
  }

  private static Outcome run(String... arguments) {
    String[] connection = {
      "--set",
      "kafka.bootstrap.servers=" + deployment.settings().kafka().get("bootstrap.servers"),
      "--set",
      "schema.registry.url=" + deployment.settings().text(CommonSettings.SCHEMA_REGISTRY_URL),
      "--set",
      "topics.replication.factor=1"
    };
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new ReplayCommand())
            .setExecutionExceptionHandler(new CommandErrors())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(arguments(connection, arguments));
    return new Outcome(code, out.toString(), err.toString());
  }

  private static int freePort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
