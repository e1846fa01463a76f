package io.layerwatch.analysis.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PruningEffectTest {

  private static final double INFINITE = Double.POSITIVE_INFINITY;

  @Test
  void perplexityIsOfNatsPerToken() {
    // ln 8 by a table.
    assertThat(modeling(2.0794415416798357, 0.5).perplexity()).isCloseTo(8, within(1e-12));
    assertThat(modeling(0, 1).perplexity()).isEqualTo(1);
    assertThat(modeling(INFINITE, 0).perplexity()).isEqualTo(INFINITE);
  }

  @Test
  void ratiosArePrunedOverFull() {
    // ln 4 and ln 6.
    PruningEffect effect =
        effect(modeling(1.3862943611198906, 0.5), modeling(1.791759469228055, 0.4));
    assertThat(effect.perplexityRatio()).isCloseTo(1.5, within(1e-12));
    assertThat(effect.accuracyRetained()).isCloseTo(0.8, within(1e-12));
    assertThat(effect.retained()).isEqualTo(new Retained(effect.accuracyRetained(), 0.02));
  }

  @Test
  void nothingIsRetainedWhereTheFullModelPredictsNothing() {
    assertThat(effect(modeling(3, 0), modeling(3, 0)).accuracyRetained()).isZero();
    assertThat(effect(modeling(3, 0), modeling(3, 0.1)).accuracyRetained()).isZero();
  }

  @Test
  void aRatioToNoNumberIsInfinite() {
    assertThat(effect(modeling(2, 1), modeling(INFINITE, 0)).perplexityRatio()).isEqualTo(INFINITE);
    assertThat(effect(modeling(INFINITE, 1), modeling(INFINITE, 0)).perplexityRatio())
        .isEqualTo(INFINITE);
    assertThat(effect(modeling(INFINITE, 0), modeling(2, 1)).perplexityRatio()).isZero();
  }

  @Test
  void layersAreCopied() {
    List<Integer> layers = new ArrayList<>(List.of(1, 2));
    PruningEffect effect = new PruningEffect(layers, modeling(1, 1), modeling(1, 1), 1, 0, 0);
    layers.add(3);
    assertThat(effect.layers()).containsExactly(1, 2);
  }

  @Test
  void layersAscendFromZero() {
    for (List<Integer> layers : List.of(List.of(2, 1), List.of(1, 1), List.of(-1, 0))) {
      assertThatThrownBy(() -> new PruningEffect(layers, modeling(1, 1), modeling(1, 1), 1, 0, 0))
          .hasMessage("layers: expected ascending indices from 0 on, got " + layers);
    }
  }

  @Test
  void bothModelsSawTheSameTokens() {
    LanguageModeling full = modeling(1, 0.5);
    assertThatThrownBy(() -> effect(full, new LanguageModeling(1, 99, 1, 0.5)))
        .hasMessage(
            "pruned: expected the 2 sequences and 100 tokens of the full model, got 1 and 99");
    assertThatThrownBy(() -> effect(full, new LanguageModeling(2, 99, 1, 0.5)))
        .hasMessageEndingWith("got 2 and 99");
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 1.01, Double.NaN})
  void sharesAreFromZeroToOne(double share) {
    assertThatThrownBy(() -> modeling(1, share))
        .hasMessage("accuracy: expected 0 to 1, got " + share);
    assertThatThrownBy(
            () -> new PruningEffect(List.of(), modeling(1, 1), modeling(1, 1), share, 0, 0))
        .hasMessage("topOneAgreement: expected 0 to 1, got " + share);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, Double.NEGATIVE_INFINITY, Double.NaN})
  void natsAreZeroOrMore(double nats) {
    assertThatThrownBy(() -> modeling(nats, 1))
        .hasMessage("negativeLogLikelihood: expected 0 or more, got " + nats);
    assertThatThrownBy(
            () -> new PruningEffect(List.of(), modeling(1, 1), modeling(1, 1), 1, nats, 0))
        .hasMessage("meanKullbackLeibler: expected 0 or more, got " + nats);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, Double.NaN})
  void theErrorIsZeroOrMore(double error) {
    assertThatThrownBy(
            () -> new PruningEffect(List.of(), modeling(1, 1), modeling(1, 1), 1, 0, error))
        .hasMessage("retainedError: expected 0 or more, got " + error);
  }

  @Test
  void anUnknownErrorOpensNoGate() {
    PruningEffect effect = effect(modeling(1, 0.5), modeling(1, 0.5)).withUnknownError();
    assertThat(effect.retained()).isEqualTo(new Retained(1, INFINITE));
  }

  @Test
  void thereIsSomethingPredicted() {
    assertThatThrownBy(() -> new LanguageModeling(0, 1, 1, 1))
        .hasMessage("sequences: expected 1 or more, got 0");
    assertThatThrownBy(() -> new LanguageModeling(1, 0, 1, 1))
        .hasMessage("tokens: expected 1 or more, got 0");
  }

  private static LanguageModeling modeling(double negativeLogLikelihood, double accuracy) {
    return new LanguageModeling(2, 100, negativeLogLikelihood, accuracy);
  }

  private static PruningEffect effect(LanguageModeling full, LanguageModeling pruned) {
    return new PruningEffect(List.of(1, 4), full, pruned, 0.9, 0.01, 0.02);
  }
}
