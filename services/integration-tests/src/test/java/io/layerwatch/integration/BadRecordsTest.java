package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.integration.RawRecords.Place;
import io.layerwatch.recommender.live.ScoreFeed;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.testing.Mutants;
import io.layerwatch.runtime.testing.Mutants.Mutant;
import io.layerwatch.runtime.testing.Mutation;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bad records on a real broker, with a real registry: each arrives among the dead letters as it was
 * sent and with its place, or is counted; and the scorer goes on.
 */
class BadRecordsTest {

  private static final long SEED = Long.getLong("layerwatch.fuzz.seed", 419);
  private static final int OF_EACH = 200;
  private static final int LARGER_THAN_ANY = 256 << 10;
  private static final int LARGEST_LETTER = 1_500_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final PrometheusRegistry metrics = new PrometheusRegistry();
  private final Received received = new Received();
  private final Random random = new Random(SEED);
  private final Instant start =
      TimeWindow.of(Instant.now().minusSeconds(60), Duration.ofSeconds(5)).start();

  @Test
  void everyBadRecordArrivesAmongTheDeadLettersOrIsCounted() throws Exception {
    Map<String, String> settings =
        Map.of(
            CommonSettings.TOPICS_PARTITIONS, "3",
            ScorerSettings.WINDOW_SIZE, "5s",
            ScorerSettings.WINDOW_GRACE, "1s");
    try (Deployment deployment = new Deployment(directory, Repository.demoModel(), settings)) {
      Map<String, Object> kafka = deployment.settings().kafka();
      Topics topics = deployment.topics();
      // As a topic that somebody made before: less than the producer sends.
      RawRecords.takeUpTo(LARGEST_LETTER, topics.rejected(), kafka);
      deployment.score(metrics);
      ScoreFeed feed = new ScoreFeed(topics, kafka, received);
      try (feed;
          RawRecords raw = new RawRecords(kafka, topics)) {
        Map<Place, Mutant> mutants = sendMutants(raw, topics);
        byte[] key = "huge@r1".getBytes(StandardCharsets.UTF_8);
        byte[] largest = junk((1 << 20) - 100);
        Place largestAt = RawRecords.place(raw.send(key, largest));
        Place timelessAt = RawRecords.place(raw.sendWithoutTimestamp(key, junk(9)));
        RawRecords.takeUpTo(4 << 20, topics.activationSummaries(), kafka);
        byte[] huge = junk(3 << 20);
        // The broker's log hears of the topic's new limit after the broker itself.
        Place hugeAt =
            await()
                .ignoreExceptions()
                .until(() -> RawRecords.place(raw.send(key, huge)), Objects::nonNull);
        sendGood(raw, topics);

        await()
            .atMost(TIMEOUT)
            .untilAsserted(
                () ->
                    assertThat(raw.letters().size() + survivors())
                        .isEqualTo(mutants.size() + 3 + 2));
        await().atMost(TIMEOUT).until(this::goodWindowIsScored);
        requireAsSent(mutants, raw.letters());
        assertThat(raw.letters().get(largestAt).value()).isEqualTo(largest);
        assertThat(raw.letters().get(timelessAt).value()).hasSize(9);
        requireCut(raw.letters().get(hugeAt), huge);
      }
    }
  }

  private Map<Place, Mutant> sendMutants(RawRecords raw, Topics topics) throws Exception {
    Topic<ActivationSummary> summaries = topics.activationSummaries();
    ActivationSummary victim = summary("victim", 0);
    Mutants mutants =
        new Mutants(
            summaries.schema().orElseThrow(),
            scores(topics, victim),
            "good@r1",
            LARGER_THAN_ANY,
            random);
    Map<Future<RecordMetadata>, Mutant> sent = new HashMap<>();
    byte[] key = victim.model().key().getBytes(StandardCharsets.UTF_8);
    byte[] bytes = bytes(topics, victim);
    for (Mutation mutation : Mutation.values()) {
      for (int i = 0; i < (mutation == Mutation.OVERSIZE ? 20 : OF_EACH); i++) {
        Mutant mutant = mutants.of(mutation, key, bytes);
        sent.put(raw.send(mutant.key(), mutant.value()), mutant);
      }
    }
    Map<Place, Mutant> places = new HashMap<>();
    for (var mutant : sent.entrySet()) {
      places.put(RawRecords.place(mutant.getKey()), mutant.getValue());
    }
    return places;
  }

  private static void requireAsSent(
      Map<Place, Mutant> mutants, Map<Place, ConsumerRecord<byte[], byte[]>> letters) {
    Map<String, Integer> reasons = new TreeMap<>();
    mutants.forEach(
        (place, mutant) -> {
          String as = "seed " + SEED + ", " + mutant.mutation() + " at " + place;
          ConsumerRecord<byte[], byte[]> letter = letters.get(place);
          if (letter == null) {
            assertThat(mutant.mutation().reason()).as(as).isEmpty();
            return;
          }
          assertThat(letter.key()).as(as).isEqualTo(mutant.key());
          assertThat(letter.value()).as(as).isEqualTo(mutant.value());
          String reason = RawRecords.header(letter, "kind");
          mutant.mutation().reason().ifPresent(r -> assertThat(reason).as(as).isEqualTo(r));
          reasons.merge(reason, 1, Integer::sum);
        });
    assertThat(reasons.keySet())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(Kind.values()).map(k -> k.name().toLowerCase(Locale.ROOT)).toList());
  }

  private static void requireCut(ConsumerRecord<byte[], byte[]> letter, byte[] whole) {
    assertThat(RawRecords.header(letter, "truncated.from")).isEqualTo("3145728");
    assertThat(RawRecords.header(letter, "kind")).isEqualTo("oversize");
    assertThat(letter.value())
        .hasSizeBetween(LARGEST_LETTER - 1_000, LARGEST_LETTER)
        .isEqualTo(Arrays.copyOf(whole, letter.value().length));
  }

  private int survivors() {
    return (int)
        List.of("accepted", "late", "duplicate").stream()
            .mapToDouble(
                fate -> Metrics.value(metrics, "layerwatch_scorer_" + fate + "_summaries_total"))
            .sum();
  }

  /** The second closes the first one's window. */
  private void sendGood(RawRecords raw, Topics topics) throws Exception {
    for (int number : new int[] {0, 1}) {
      ActivationSummary good = summary("good", number);
      RawRecords.place(
          raw.send(good.model().key().getBytes(StandardCharsets.UTF_8), bytes(topics, good)));
    }
  }

  private boolean goodWindowIsScored() {
    return received.withTokens("block-output").stream()
        .anyMatch(window -> window.model().name().equals("good") && window.complete());
  }

  private byte[] junk(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    bytes[0] = 1;
    return bytes;
  }

  private static byte[] bytes(Topics topics, ActivationSummary summary) {
    Topic<ActivationSummary> topic = topics.activationSummaries();
    return topic.serde().serializer().serialize(topic.name(), summary);
  }

  private static byte[] scores(Topics topics, ActivationSummary summary) {
    Topic<ModelScores> topic = topics.layerScores();
    return topic
        .serde()
        .serializer()
        .serialize(
            topic.name(),
            ModelScores.of(
                summary.model(),
                summary.shape(),
                summary.site(),
                summary.interval(),
                Sources.complete(List.of("host")),
                0.01,
                new TreeMap<>(Map.of(0, summary.statistics()))));
  }

  /** A second of a model of one layer, half a minute after the one before. */
  private ActivationSummary summary(String model, int number) {
    double[] values = {-0.5, 0.001, 0.02, 3};
    Instant from = start.plusSeconds(30L * number);
    return new ActivationSummary(
        new ModelId(model, "r1"),
        new ModelShape(1, 10, 100, 5, 50),
        "block-output",
        0,
        "host",
        number,
        number,
        new TimeWindow(from, from.plusSeconds(1)),
        new LayerStatistics(
            1,
            0,
            Moments.of(values),
            0,
            NearZeroLadder.of(new double[] {0.001, 0.01, 0.1}, values),
            0,
            0.9));
  }
}
