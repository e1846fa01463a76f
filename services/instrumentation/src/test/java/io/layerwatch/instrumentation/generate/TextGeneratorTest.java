package io.layerwatch.instrumentation.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.instrumentation.NaiveLlama;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.generate.TextGenerator.End;
import io.layerwatch.instrumentation.generate.TextGenerator.Request;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.probe.SequenceProbe;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Scores of tokens, against a forward pass in double precision. */
class TextGeneratorTest {

  private static final int[] PROMPT = {256, 72, 101, 108, 108, 111};

  @TempDir private Path directory;

  @Test
  void scoresAreTheLogProbabilitiesOfTheIndependentForwardPass() throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(7, true);
    double[][] expected = logProbabilities(new NaiveLlama(checkpoint).run(PROMPT).logits());
    Gathered gathered = new Gathered(1);
    try (LanguageModel model =
        LanguageModel.load(LanguageModel.Source.of(checkpoint.write(directory, TensorType.F32)))) {
      TorchThreads.inferenceOnly();
      End end =
          new TextGenerator(model)
              .generate(
                  new Request(
                      IntStream.of(PROMPT).boxed().toList(),
                      9,
                      Sampling.GREEDY,
                      OptionalInt.of(3),
                      true),
                  SequenceProbe.NONE,
                  gathered);
      assertThat(end).isEqualTo(End.LISTENER);
    }
    assertThat(gathered.prompt).hasSize(PROMPT.length - 1);
    for (int i = 1; i < PROMPT.length; i++) {
      TokenScore score = gathered.prompt.get(i - 1);
      assertThat(score.token()).isEqualTo(PROMPT[i]);
      assertThat(score.logProbability()).isCloseTo(expected[i - 1][PROMPT[i]], within(1e-4));
      assertTop(score, expected[i - 1]);
    }
    TokenScore first = gathered.scores.get(0);
    assertThat(first.token()).isEqualTo(gathered.tokens.get(0));
    assertThat(first.logProbability()).isEqualTo(first.alternatives().get(0).logProbability());
    assertTop(first, expected[PROMPT.length - 1]);
  }

  @Test
  void alternativesComeInOrderAndTiesByTheirId() {
    TokenScore score = TokenScore.of(new float[] {9, 1, 3, 3, 2, 3}, 1, 5, 0, 4);
    assertThat(score.alternatives().stream().map(TokenScore.Alternative::token))
        .containsExactly(1, 2, 4, 3);
    // e / (e + 3 e^3 + e^2)
    assertThat(score.logProbability())
        .isCloseTo(1 - Math.log(Math.E + 3 * Math.exp(3) + Math.exp(2)), within(1e-6));
  }

  private static void assertTop(TokenScore score, double[] expected) {
    assertThat(score.alternatives()).hasSize(3);
    double[] sorted = expected.clone();
    java.util.Arrays.sort(sorted);
    for (int rank = 0; rank < 3; rank++) {
      TokenScore.Alternative alternative = score.alternatives().get(rank);
      assertThat(alternative.logProbability())
          .isCloseTo(expected[alternative.token()], within(1e-4))
          .isCloseTo(sorted[sorted.length - 1 - rank], within(1e-4));
    }
  }

  private static double[][] logProbabilities(double[][] logits) {
    double[][] result = new double[logits.length][];
    for (int i = 0; i < logits.length; i++) {
      double sum = 0;
      for (double logit : logits[i]) {
        sum += Math.exp(logit);
      }
      result[i] = logits[i].clone();
      for (int j = 0; j < result[i].length; j++) {
        result[i][j] -= Math.log(sum);
      }
    }
    return result;
  }

  /** Takes so many tokens and then wants no more. */
  private static final class Gathered implements TextGenerator.Listener {

    private final int wanted;
    private final List<TokenScore> prompt = new ArrayList<>();
    private final List<Integer> tokens = new ArrayList<>();
    private final List<TokenScore> scores = new ArrayList<>();

    Gathered(int wanted) {
      this.wanted = wanted;
    }

    @Override
    public void prefilled(List<TokenScore> given) {
      prompt.addAll(given);
    }

    @Override
    public boolean generated(int token, Optional<TokenScore> score) {
      tokens.add(token);
      scores.add(score.orElseThrow());
      return tokens.size() < wanted;
    }
  }
}
