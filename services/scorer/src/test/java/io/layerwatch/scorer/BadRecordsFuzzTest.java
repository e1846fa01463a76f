package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.schemaregistry.testutil.MockSchemaRegistry;
import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.runtime.testing.Mutants;
import io.layerwatch.runtime.testing.Mutants.Mutant;
import io.layerwatch.runtime.testing.Mutation;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;

/**
 * Thousands of records gone bad among good ones: the stream goes on, each is set aside with its
 * origin or counted, and the other models' windows and all ledgers are what they must be.
 *
 * <p>{@code -Dlayerwatch.fuzz.seed=…} makes others, {@code -Dlayerwatch.fuzz.rounds=…} more.
 */
class BadRecordsFuzzTest {

  private static final long SEED = Long.getLong("layerwatch.fuzz.seed", 417);
  private static final int ROUNDS = Integer.getInteger("layerwatch.fuzz.rounds", 360);
  private static final String RERUN = "-Dlayerwatch.fuzz.seed=" + SEED;
  private static final Instant START = Instant.ofEpochSecond(1_000_020);
  private static final List<Summaries> GOOD =
      List.of(
          Summaries.DEMO.ofModel("good-1"),
          Summaries.DEMO.ofModel("good-1").from("host-2"),
          Summaries.DEMO.ofModel("good-2"));
  private static final Summaries VICTIM = Summaries.DEMO.ofModel("victim");

  private final Random random = new Random(SEED);
  private Numbering numbers = new Numbering();
  private int sent;

  @Test
  void everyBadRecordIsAccountedForAndNoOtherModelNotices() {
    List<ModelScores> undisturbed;
    try (ScorerHarness alone = new ScorerHarness(START)) {
      undisturbed = run(alone, new Accounting(alone, "good records alone"), second -> {});
    }
    assertThat(undisturbed).hasSize(2 * ROUNDS / 6).allMatch(ModelScores::complete);

    numbers = new Numbering();
    try (ScorerHarness scorer = new ScorerHarness(START)) {
      Accounting accounting = new Accounting(scorer, RERUN);
      Mutants mutants = mutants(scorer, undisturbed.get(0));
      List<ModelScores> published =
          run(scorer, accounting, second -> sendBad(scorer, accounting, mutants, second));

      assertThat(published.stream().filter(w -> !w.model().equals(VICTIM.model())).toList())
          .as(RERUN)
          .isEqualTo(undisturbed);
      accounting.requireLedgers(published);
      assertThat(sent).isGreaterThanOrEqualTo(30 * ROUNDS);
      for (Kind kind : Kind.values()) {
        assertThat(accounting.count(kind.name().toLowerCase(Locale.ROOT))).as(RERUN).isPositive();
      }
      assertThat(accounting.count("late")).as(RERUN).isPositive();
      assertThat(accounting.count("duplicate")).as(RERUN).isPositive();
    }
  }

  /** Ten seconds a round; then silence, until every window is closed. */
  private List<ModelScores> run(ScorerHarness scorer, Accounting accounting, LongConsumer bad) {
    List<ModelScores> published = new ArrayList<>();
    for (int round = 0; round < ROUNDS; round++) {
      long second = START.getEpochSecond() + 10L * round;
      for (Summaries source : GOOD) {
        for (ActivationSummary summary : source.both(second, 5 + round % 7)) {
          sendGood(scorer, accounting, summary);
        }
      }
      bad.accept(second);
      scorer.pass(10);
      published.addAll(scorer.published());
    }
    scorer.pass(900);
    published.addAll(scorer.published());
    return published;
  }

  private void sendGood(ScorerHarness scorer, Accounting accounting, ActivationSummary summary) {
    byte[] bytes = scorer.bytes(numbers.next(summary));
    assertThat(accounting.send("a good record", key(summary), bytes)).isEqualTo("accepted");
  }

  /** Each mutation twice, of what the victim says now; and a good record of its own. */
  private void sendBad(ScorerHarness scorer, Accounting accounting, Mutants mutants, long second) {
    for (int copy = 0; copy < 2; copy++) {
      ActivationSummary good = numbers.next(VICTIM.layer(copy, second, 10));
      for (Mutation mutation : Mutation.values()) {
        Mutant mutant = mutants.of(mutation, key(good), scorer.bytes(good));
        String fate = accounting.send(mutation.name(), mutant.key(), mutant.value());
        mutation.reason().ifPresent(r -> assertThat(fate).as(RERUN + mutation).isEqualTo(r));
        sent++;
      }
      accounting.send("the victim's own", key(good), scorer.bytes(good));
    }
  }

  private static byte[] key(ActivationSummary summary) {
    return summary.model().key().getBytes(StandardCharsets.UTF_8);
  }

  private Mutants mutants(ScorerHarness scorer, ModelScores window) {
    var summaries = scorer.topics.activationSummaries();
    var scores = scorer.topics.layerScores();
    byte[] foreign = scores.serde().serializer().serialize(scores.name(), window);
    scorer.bytes(VICTIM.layer(0, 0, 1));
    try {
      // A registry finds a schema by its id under any subject; this one does under its own alone.
      MockSchemaRegistry.getClientForScope("scorer")
          .register(summaries.subject(), new AvroSchema(scores.schema().orElseThrow()));
    } catch (IOException | RestClientException e) {
      throw new AssertionError(e);
    }
    return new Mutants(
        summaries.schema().orElseThrow(),
        foreign,
        "good-1@r1",
        SummaryCheck.LARGEST_RECORD,
        random);
  }
}
