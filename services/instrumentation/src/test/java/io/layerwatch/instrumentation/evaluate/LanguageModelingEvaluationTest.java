package io.layerwatch.instrumentation.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.instrumentation.RandomCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.Decoder;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.SequenceCache;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import io.layerwatch.instrumentation.naive.NaiveDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What leaving out layers does, against loops in double over an independent forward pass. */
class LanguageModelingEvaluationTest {

  /** Longer than the logits that are made at a time. */
  private static final int LONG = 530;

  private static final List<Set<Integer>> SETS =
      List.of(Set.of(1), Set.of(0, 2), Set.of(), Set.of(0, 1, 2));

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "gemma2", "mistral", "gpt_neox"})
  void measuresAreThoseOfTheIndependentForwardPass(String family) throws IOException {
    RandomCheckpoint checkpoint =
        FamilyCheckpoint.of(
            FamilyCheckpoint.config(family, "{\"max_position_embeddings\": " + LONG + "}"), 5);
    NaiveDecoder naive = FamilyCheckpoint.naive(checkpoint);
    int[] shorter = random(1, 40);
    int[] longer = random(2, LONG);
    try (LanguageModel model = load(checkpoint)) {
      LanguageModelingEvaluation evaluation = new LanguageModelingEvaluation(model, SETS);
      evaluation.add(shorter);
      evaluation.add(longer);
      assertThat(evaluation.sequences()).isEqualTo(2);
      assertThat(evaluation.tokens()).isEqualTo(39 + LONG - 1);
      List<PruningEffect> effects = evaluation.effects();
      assertThat(effects).hasSize(SETS.size());
      NaiveMeasures full = measures(naive, Set.of(), shorter, longer);
      for (int i = 0; i < SETS.size(); i++) {
        assertThat(effects.get(i).full()).isEqualTo(evaluation.full());
        assertEqual(effects.get(i), full, measures(naive, SETS.get(i), shorter, longer));
        assertThat(effects.get(i).layers()).hasSameElementsAs(SETS.get(i)).isSorted();
      }
    }
  }

  private static NaiveMeasures measures(
      NaiveDecoder naive, Set<Integer> layers, int[] shorter, int[] longer) {
    return new NaiveMeasures().add(naive, layers, 1, shorter).add(naive, layers, 1, longer);
  }

  private static void assertEqual(PruningEffect effect, NaiveMeasures full, NaiveMeasures pruned) {
    double tokens = full.tokens;
    assertThat(effect.full().tokens()).isEqualTo(full.tokens);
    assertThat(effect.full().negativeLogLikelihood())
        .isCloseTo(-full.logLikelihood / tokens, close(full.logLikelihood / tokens));
    assertThat(effect.full().accuracy()).isEqualTo(full.correct / tokens);
    assertThat(effect.pruned().negativeLogLikelihood())
        .isCloseTo(-pruned.logLikelihood / tokens, close(pruned.logLikelihood / tokens));
    assertThat(effect.pruned().accuracy()).isEqualTo(pruned.correct / tokens);
    assertThat(effect.retainedError()).isCloseTo(pruned.retainedError(full), within(1e-9));
    assertThat(effect.topOneAgreement()).isEqualTo(pruned.agreeing / tokens);
    assertThat(effect.meanKullbackLeibler())
        .isCloseTo(pruned.divergence / tokens, close(pruned.divergence / tokens));
  }

  private static Offset<Double> close(double expected) {
    return within(2e-6 * Math.abs(expected) + 1e-9);
  }

  @Test
  void leavingOutNothingChangesNothingAtAll() throws IOException {
    try (LanguageModel model = load(checkpoint())) {
      LanguageModelingEvaluation evaluation =
          new LanguageModelingEvaluation(model, List.of(Set.of()));
      evaluation.add(random(3, 20));
      PruningEffect effect = evaluation.effects().get(0);
      assertThat(effect.pruned()).isEqualTo(effect.full());
      assertThat(effect.meanKullbackLeibler()).isEqualTo(0.0);
      assertThat(effect.topOneAgreement()).isEqualTo(1.0);
      assertThat(effect.perplexityRatio()).isEqualTo(1.0);
    }
  }

  @Test
  void aSequenceOfOneTokenPredictsNone() throws IOException {
    try (LanguageModel model = load(checkpoint())) {
      LanguageModelingEvaluation evaluation = new LanguageModelingEvaluation(model, SETS);
      evaluation.add(new int[] {4});
      assertThat(evaluation.sequences()).isEqualTo(1);
      assertThat(evaluation.tokens()).isZero();
    }
  }

  @Test
  void anInterruptedSequenceDoesNotCount() throws IOException {
    try (LanguageModel model = load(checkpoint())) {
      LanguageModelingEvaluation evaluation = new LanguageModelingEvaluation(model, SETS);
      evaluation.add(random(4, 20));
      PruningEffect before = evaluation.effects().get(0);
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> evaluation.add(random(5, 20)))
          .isInstanceOf(InferenceStoppedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(evaluation.sequences()).isEqualTo(1);
      assertThat(evaluation.effects().get(0)).isEqualTo(before);
      evaluation.add(random(5, 20));
      assertThat(evaluation.tokens()).isEqualTo(38);
    }
  }

  @Test
  void nothingOfASequenceStaysOpen() throws IOException {
    try (LanguageModel model = load(checkpoint())) {
      LanguageModelingEvaluation evaluation = new LanguageModelingEvaluation(model, SETS);
      evaluation.add(random(6, 20));
      int before = model.openArrays();
      evaluation.add(random(7, 20));
      assertThat(model.openArrays()).isEqualTo(before);
    }
  }

  @Test
  void aClosedModelIsNotTouched() throws IOException {
    LanguageModel model = load(checkpoint());
    LanguageModelingEvaluation evaluation = new LanguageModelingEvaluation(model, SETS);
    model.close();
    assertThatThrownBy(() -> evaluation.add(random(8, 20)))
        .isInstanceOf(InferenceStoppedException.class)
        .hasMessage("the model is closed");
  }

  @Test
  void layersAreTheModels() throws IOException {
    try (LanguageModel model = load(checkpoint())) {
      for (int layer : new int[] {-1, 3}) {
        List<Integer> set = layer < 0 ? List.of(-1, 1) : List.of(1, 3);
        assertThatThrownBy(() -> new LanguageModelingEvaluation(model, List.of(set)))
            .hasMessage("layers: expected 0 to 2, got " + set);
      }
    }
  }

  /** The full model gives word 2 no probability; without layer 0 its logits are no numbers. */
  @Test
  void wordsWithoutProbabilityAndLogitsThatAreNoNumbersAreCounted() throws IOException {
    float no = Float.NEGATIVE_INFINITY;
    float[] full = {1, 3, no, 2};
    float[] pruned = {2, 1, no, 3};
    float[] broken = {1, Float.NaN, 2, 3};
    try (LanguageModel model = load(checkpoint());
        NDManager scope = model.newScope()) {
      Decoder decoder = new GivenLogits();
      List<Decoder.Pass> passes =
          Stream.of(full, pruned, broken)
              .map(logits -> scope.create(logits, new Shape(1, 1, 4)))
              .map(logits -> new Decoder.Pass(List.of(logits)))
              .toList();
      List<PredictionTotals> totals = Predictions.totals(decoder, passes, new int[] {0, 3}, 1);
      assertThat(totals.get(0).divergence()).isZero();
      double e = Math.E;
      double p = e + e * e + e * e * e;
      // p = (e, e³, e²) ÷ p and q = (e², e, e³) ÷ p: ln p − ln q = −1, 2, −1.
      assertThat(totals.get(1).divergence())
          .isCloseTo((-e + 2 * e * e * e - e * e) / p, within(1e-6));
      assertThat(totals.get(1).logLikelihood()).isCloseTo(3 - Math.log(p), within(1e-6));
      assertThat(totals.get(1).correct()).isEqualTo(1);
      assertThat(totals.get(1).agreeing()).isZero();
      PredictionTotals none = totals.get(2);
      assertThat(none.logLikelihood()).isEqualTo(Double.NEGATIVE_INFINITY);
      assertThat(none.negativeLogLikelihood()).isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(none.divergence()).isEqualTo(Double.POSITIVE_INFINITY);
      assertThat(none.correct() + none.agreeing()).isZero();
      // A model that gives no numbers does not agree even with itself.
      List<Decoder.Pass> twice = List.of(passes.get(2), passes.get(2));
      assertThat(Predictions.totals(decoder, twice, new int[] {0, 1}, 1))
          .allSatisfy(total -> assertThat(total.correct() + total.agreeing()).isZero());
    }
  }

  /** A pass's state is its logits. */
  private static final class GivenLogits implements Decoder {

    @Override
    public SequenceCache newCache(NDManager parent) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Pass forward(
        NDManager scope, NDArray tokens, Optional<SequenceCache> cache, IntPredicate skipped) {
      throw new UnsupportedOperationException();
    }

    @Override
    public NDArray logits(NDManager scope, Pass pass, long firstToken, long endToken) {
      NDArray copy = pass.last().duplicate();
      copy.attach(scope);
      return copy;
    }

    @Override
    public ModelShape shape() {
      throw new UnsupportedOperationException();
    }
  }

  private static RandomCheckpoint checkpoint() {
    return FamilyCheckpoint.of(FamilyCheckpoint.config("llama", "{}"), 5);
  }

  private LanguageModel load(RandomCheckpoint checkpoint) throws IOException {
    return LanguageModel.load(LanguageModel.Source.of(checkpoint.write(directory, TensorType.F32)));
  }

  private static int[] random(long seed, int length) {
    return new Random(seed).ints(length, 0, FamilyCheckpoint.VOCABULARY).toArray();
  }
}
