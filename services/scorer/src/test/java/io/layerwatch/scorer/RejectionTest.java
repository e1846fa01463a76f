package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RejectionTest {

  private static final Summaries DEMO = Summaries.DEMO;

  private final ScorerHarness scorer = new ScorerHarness();

  @AfterEach
  void streamGoesOn() {
    scorer.send(DEMO.both(300, 10));
    for (int second = 0; second <= 30; second++) {
      // Until nobody waits for the instances that a test left silent.
      scorer.send(DEMO.both(370, 10));
      scorer.pass(1);
    }
    assertThat(scorer.published())
        .extracting(scores -> scores.window().start().getEpochSecond())
        .contains(300L);
    scorer.close();
  }

  @Test
  void bytesThatAreNoSummaryKeepKeyAndBytesAndSayWhereTheyCameFrom() {
    scorer.send(DEMO.both(0, 10));
    byte[] junk = {7, 1, 2, 3};
    scorer.input.pipeInput("who@knows", junk);

    var letter = scorer.rejected.readRecord();
    assertThat(letter.key()).isEqualTo("who@knows");
    assertThat(letter.value()).isEqualTo(junk);
    assertThat(ScorerHarness.header(letter, "layerwatch.reason")).startsWith("undecodable");
    assertThat(ScorerHarness.header(letter, "layerwatch.origin.topic"))
        .isEqualTo("layerwatch.activation-summaries");
    assertThat(ScorerHarness.header(letter, "layerwatch.origin.partition")).isEqualTo("0");
    assertThat(ScorerHarness.header(letter, "layerwatch.origin.offset")).isEqualTo("2");
    assertThat(scorer.metric("layerwatch_scorer_rejected_records_total", "reason", "undecodable"))
        .isEqualTo(1);
  }

  @Test
  void anEmptyValueIsRejected() {
    scorer.input.pipeInput("demo@r1", new byte[0]);

    assertThat(scorer.reasons()).containsExactly("expected Avro, got an empty value");
  }

  @Test
  void aSummaryUnderAnotherModelsKeyIsRejected() {
    scorer.input.pipeInput("other@r1", scorer.bytes(DEMO.layer(0, 0, 10)));

    assertThat(scorer.reasons()).containsExactly("key: expected \"demo@r1\", got \"other@r1\"");
  }

  @Test
  void anIntervalThatStraddlesWindowsIsRejectedAsItCame() {
    ActivationSummary straddling = DEMO.layer(0, 55, 10);
    scorer.send(straddling);

    var letter = scorer.rejected.readRecord();
    assertThat(letter.value()).isEqualTo(scorer.bytes(straddling));
    assertThat(ScorerHarness.header(letter, "layerwatch.reason"))
        .startsWith("interval: expected one within a window of PT1M, got");
    assertThat(ScorerHarness.header(letter, "layerwatch.kind")).isEqualTo("misaligned");
  }

  @Test
  void aClockFarAheadClosesNothing() {
    scorer.send(DEMO.both(0, 10));
    long ahead = ScorerHarness.WALL_CLOCK.getEpochSecond() + 660;
    scorer.send(DEMO.layer(0, ahead - ahead % 10, 10));

    assertThat(scorer.published()).isEmpty();
    assertThat(scorer.reasons())
        .singleElement()
        .asString()
        .startsWith("interval: expected a start at most PT10M after 1970-01-12T13:46:40Z, got");
  }

  @Test
  void aTimeBeforeTheEpochIsRejected() {
    scorer.send(DEMO.layer(0, -60, 10));

    assertThat(scorer.reasons())
        .singleElement()
        .asString()
        .startsWith("interval: expected a start in 1970 or later, got");
  }

  @Test
  void anotherShapeOfTheSameModelInTheSameWindowIsRejected() {
    scorer.send(DEMO.both(0, 10));
    Summaries deeper = DEMO.from("host-2").withShape(new ModelShape(3, 10, 100, 5, 50));
    Summaries larger = DEMO.withShape(new ModelShape(2, 11, 100, 5, 50));
    scorer.send(deeper.layer(2, 10, 10), larger.layer(0, 10, 10));

    assertThat(scorer.reasons())
        .hasSize(2)
        .allMatch(reason -> reason.startsWith("shape: expected ModelShape[layerCount=2"));
    scorer.send(DEMO.both(70, 10));
    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(10L);
  }

  @Test
  void aRestoredScorerStillKnowsTheShape() {
    scorer.send(DEMO.both(0, 10));
    try (ScorerHarness next = new ScorerHarness()) {
      next.restoreFrom(scorer);
      next.send(DEMO.withShape(new ModelShape(2, 11, 100, 5, 50)).layer(0, 10, 10));

      assertThat(next.reasons()).hasSize(1);
    }
  }

  @Test
  void theNextWindowMayHaveAnotherShape() {
    scorer.send(DEMO.both(0, 10));
    scorer.send(DEMO.withShape(new ModelShape(2, 11, 100, 5, 50)).both(60, 10));

    assertThat(scorer.reasons()).isEmpty();
  }

  @Test
  void numbersThatNoSumCouldHoldAreRejected() {
    NearZeroLadder none = NearZeroLadder.empty(0.01);
    Moments huge = new Moments(10, 0, Double.MAX_VALUE, -1, 1);
    scorer.sendAsIs(DEMO.layer(0, 0, 10, new LayerStatistics(1, 0, huge, 0, none, 0, 0)));
    scorer.sendAsIs(
        DEMO.layer(0, 0, 10, new LayerStatistics(Long.MAX_VALUE, 0, Moments.of(1), 0, none, 0, 0)));

    assertThat(scorer.reasons())
        .containsExactly(
            "m2: expected at most 1.0E100, got 1.7976931348623157E308",
            "tokens: expected at most 1000000000000, got 9223372036854775807");
  }

  @Test
  void countsThatOnlyTogetherOverflowAreRejectedBeforeTheWindowCloses() {
    long largest = 1_000_000_000_000_000L;
    Moments many = new Moments(largest, 0, 1, -1, 1);
    NearZeroLadder none = NearZeroLadder.empty(0.01);
    for (int i = 0; i < 9_300; i++) {
      scorer.send(DEMO.layer(0, 0, 10, new LayerStatistics(1, 0, many, 0, none, 0, 0)));
    }

    assertThat(scorer.reasons()).hasSize(9_299);
    scorer.send(DEMO.both(70, 10));
    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(1L);
  }

  @Test
  void noNumberOfInstancesOverflowsAWindow() {
    Moments many = new Moments(1_000_000_000_000_000L, 0, 1, -1, 1);
    NearZeroLadder none = NearZeroLadder.empty(0.01);
    for (int i = 0; i < 2_100; i++) {
      scorer.send(
          DEMO.from("i" + i).layer(0, 0, 10, new LayerStatistics(1, 0, many, 0, none, 0, 0)));
    }

    assertThat(scorer.reasons())
        .hasSize(2_100 - 2_048)
        .allMatch(reason -> reason.startsWith("instance: expected at most 131072 bytes of names"));
    scorer.pass(120);
    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(2_048L);
  }

  @Test
  void noNumberOfGapsOverflowsAWindow() {
    Summaries wide = DEMO.withShape(new ModelShape(512, 1, 512, 1, 512));
    for (int i = 0; i < 20; i++) {
      for (int layer = 0; layer < 512; layer++) {
        ActivationSummary first = wide.from("i" + i).layer(layer, 0, 1);
        scorer.sendAsIs(
            new ActivationSummary(
                first.model(),
                first.shape(),
                first.site(),
                first.layer(),
                first.instance(),
                1_000_000_000_000_000L,
                0,
                first.interval(),
                first.statistics()));
      }
    }
    scorer.pass(120);

    assertThat(scorer.published())
        .extracting(scores -> scores.sources().missingSummaries())
        .containsExactly(1_000_000_000_000_000L);
  }

  @Test
  void roundingInASumOfCosinesStopsNothing() {
    for (int tokens = 1; tokens < 200; tokens++) {
      scorer.send(DEMO.layer(0, 0, 10, cosines(tokens, tokens * (1 + 1e-5))));
      scorer.send(DEMO.layer(1, 0, 10, cosines(tokens, tokens * (1 + 8e-6))));
    }
    scorer.send(DEMO.both(70, 10));

    assertThat(scorer.reasons())
        .hasSize(199)
        .allMatch(reason -> reason.startsWith("cosineSum: expected at most "));
    assertThat(scorer.published()).extracting(ModelScores::tokens).containsExactly(199L * 200 / 2);
  }

  private static LayerStatistics cosines(int tokens, double sum) {
    return new LayerStatistics(tokens, 0, Moments.of(1), 0, NearZeroLadder.empty(0.01), 0, sum);
  }
}
