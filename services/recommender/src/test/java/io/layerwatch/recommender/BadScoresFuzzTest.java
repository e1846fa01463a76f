package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.testing.Mutants;
import io.layerwatch.runtime.testing.Mutants.Mutant;
import io.layerwatch.runtime.testing.Mutation;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import io.layerwatch.runtime.topics.Topic;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.Test;

/**
 * Windows gone bad among good ones: the recommender goes on, sets each aside with its origin or
 * judges it, and advises on the other model as if nothing had happened.
 *
 * <p>{@code -Dlayerwatch.fuzz.seed=…} makes others, {@code -Dlayerwatch.fuzz.rounds=…} more.
 */
class BadScoresFuzzTest {

  private static final long SEED = Long.getLong("layerwatch.fuzz.seed", 418);
  private static final int ROUNDS = Integer.getInteger("layerwatch.fuzz.rounds", 200);
  private static final Windows GOOD = Windows.DEMO;
  private static final Windows VICTIM = GOOD.ofModel("victim");

  private final Random random = new Random(SEED);
  private final Set<Kind> seen = EnumSet.noneOf(Kind.class);
  private long offset;
  private int judged;

  @Test
  void everyBadWindowIsAccountedForAndTheOtherModelsAdviceStands() {
    List<String> undisturbed = new ArrayList<>();
    try (RecommenderHarness alone = new RecommenderHarness()) {
      for (int round = 1; round <= ROUNDS; round++) {
        alone.send(window(GOOD, round));
        undisturbed.addAll(adviceOn(GOOD, alone));
      }
    }
    assertThat(undisturbed).anyMatch(advice -> advice.startsWith("candidate"));

    List<String> advice = new ArrayList<>();
    try (RecommenderHarness recommender = new RecommenderHarness()) {
      Mutants mutants = mutants(recommender);
      for (int round = 1; round <= ROUNDS; round++) {
        sendBad(recommender, mutants, round);
        recommender.send(window(GOOD, round));
        offset++;
        advice.addAll(adviceOn(GOOD, recommender));
      }
    }
    assertThat(advice).as("seed " + SEED).isEqualTo(undisturbed);
    assertThat(seen).as("seed " + SEED).containsExactlyInAnyOrder(Kind.values());
    assertThat(judged).as("seed " + SEED).isPositive();
  }

  /** Another layer is lowest from time to time, so that advice moves. */
  private static ModelScores window(Windows windows, int round) {
    return windows.lowest(round / 5 % 4, round);
  }

  private void sendBad(RecommenderHarness recommender, Mutants mutants, int round) {
    byte[] key = VICTIM.model().key().getBytes(StandardCharsets.UTF_8);
    byte[] good = recommender.bytes(window(VICTIM, round));
    for (Mutation mutation : Mutation.values()) {
      Mutant mutant = mutants.of(mutation, key, good);
      String where = "seed " + SEED + ", offset " + offset + ", " + mutation;
      double before = rejected(recommender);
      try {
        recommender.rawInput.pipeInput(mutant.key(), mutant.value());
      } catch (RuntimeException | Error e) {
        throw new AssertionError("the stream stopped: " + where, e);
      }
      var letters = recommender.rawRejected.readRecordsToList();
      assertThat(rejected(recommender) - before).as(where).isEqualTo(letters.size());
      if (letters.isEmpty()) {
        assertThat(mutation.reason()).as(where).isEmpty();
        judged++;
      } else {
        assertThat(letters).as(where).hasSize(1);
        requireOrigin(where, letters.get(0), mutant);
      }
      offset++;
    }
  }

  private void requireOrigin(String where, TestRecord<byte[], byte[]> letter, Mutant mutant) {
    assertThat(letter.key()).as(where).isEqualTo(mutant.key());
    assertThat(letter.value()).as(where).isEqualTo(mutant.value());
    assertThat(header(letter, "origin.topic")).as(where).isEqualTo("layerwatch.layer-scores");
    assertThat(header(letter, "origin.offset")).as(where).isEqualTo(Long.toString(offset));
    Kind kind = Kind.valueOf(header(letter, "kind").toUpperCase(Locale.ROOT));
    seen.add(kind);
    mutant
        .mutation()
        .reason()
        .ifPresent(reason -> assertThat(header(letter, "kind")).as(where).isEqualTo(reason));
  }

  private static double rejected(RecommenderHarness recommender) {
    double sum = 0;
    for (Kind kind : Kind.values()) {
      sum +=
          Metrics.value(
              recommender.metrics,
              "layerwatch_recommender_rejected_records_total",
              "reason",
              kind.name().toLowerCase(Locale.ROOT));
    }
    return sum;
  }

  private static List<String> adviceOn(Windows windows, RecommenderHarness recommender) {
    return recommender.recommendations.readValuesToList().stream()
        .filter(recommendation -> recommendation.model().equals(windows.model()))
        .map(recommendation -> recommendation.state().describe())
        .toList();
  }

  private Mutants mutants(RecommenderHarness recommender) {
    Topic<ModelScores> scores = recommender.topics.layerScores();
    recommender.bytes(window(VICTIM, 1));
    try {
      // A registry finds a schema by its id under any subject; this one does under its own alone.
      Schema other = recommender.topics.activationSummaries().schema().orElseThrow();
      int id =
          MockSchemaRegistry.getClientForScope("recommender")
              .register(scores.subject(), new AvroSchema(other));
      byte[] foreign = ByteBuffer.allocate(300).putInt(1, id).array();
      return new Mutants(
          scores.schema().orElseThrow(),
          foreign,
          GOOD.model().key(),
          ScoresCheck.LARGEST_RECORD,
          random);
    } catch (IOException | RestClientException e) {
      throw new AssertionError(e);
    }
  }

  private static String header(TestRecord<?, ?> letter, String name) {
    return new String(
        letter.headers().lastHeader("layerwatch." + name).value(), StandardCharsets.UTF_8);
  }
}
