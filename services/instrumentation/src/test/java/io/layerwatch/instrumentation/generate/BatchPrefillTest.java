package io.layerwatch.instrumentation.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.probe.reduction.BlockStates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A prompt in a batch is what it is alone, whatever stands beside and behind it. */
class BatchPrefillTest {

  /** The longest is three times as long as a sliding window. */
  private static final List<List<Integer>> PROMPTS =
      List.of(List.of(3, 1, 4, 1, 5), List.of(2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 22), List.of(6));

  @TempDir private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen3", "gemma2", "gemma3_text", "gpt2", "gpt_neox"})
  void everyRowIsThePromptAlone(String family) throws IOException {
    try (LanguageModel model = load(family)) {
      Recorded alone = new Recorded();
      for (List<Integer> prompt : PROMPTS) {
        new TextGenerator(model)
            .complete(prompt.stream().mapToInt(i -> i).toArray(), 0, Sampling.GREEDY, alone);
      }
      Recorded batch = new Recorded();
      int arrays = model.openArrays();
      new BatchPrefill(model, () -> batch).run(PROMPTS);

      assertThat(batch.prompts).hasSameSizeAs(PROMPTS);
      assertThat(batch.closed).isEqualTo(PROMPTS.size());
      assertThat(model.openArrays()).isEqualTo(arrays);
      for (int prompt = 0; prompt < PROMPTS.size(); prompt++) {
        List<float[]> expected = alone.prompts.get(prompt);
        List<float[]> actual = batch.prompts.get(prompt);
        assertThat(actual).hasSameSizeAs(expected);
        for (int state = 0; state < expected.size(); state++) {
          assertThat(actual.get(state))
              .as("state %d of prompt %d", state, prompt)
              .containsExactly(expected.get(state), within(1e-5f));
        }
      }
    }
  }

  /** What a pass took is shared out by tokens, so that the probe's budget sees all of it once. */
  @Test
  void theTimeOfThePassIsSharedByTokens() throws IOException {
    try (LanguageModel model = load("llama")) {
      Recorded batch = new Recorded();
      new BatchPrefill(model, () -> batch).run(PROMPTS);
      double aToken = batch.nanos.get(1) / 12.0;
      assertThat(aToken).isPositive();
      assertThat((double) batch.nanos.get(0)).isCloseTo(5 * aToken, within(10.0));
      assertThat((double) batch.nanos.get(2)).isCloseTo(aToken, within(10.0));
    }
  }

  @Test
  void anInterruptEndsThePassBeforeAnythingIsObserved() throws IOException {
    try (LanguageModel model = load("llama")) {
      Recorded batch = new Recorded();
      int arrays = model.openArrays();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> new BatchPrefill(model, () -> batch).run(PROMPTS))
          .isInstanceOf(InferenceStoppedException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(batch.prompts).isEmpty();
      assertThat(model.openArrays()).isEqualTo(arrays);
    }
  }

  private LanguageModel load(String family) throws IOException {
    return LanguageModel.load(
        LanguageModel.Source.of(
            FamilyCheckpoint.of(FamilyCheckpoint.config(family, "{}"), 5)
                .write(directory, TensorType.F32)));
  }

  /** The states of each prompt, by layer. */
  private static final class Recorded implements SequenceProbe {

    private final List<List<float[]>> prompts = new ArrayList<>();
    private final List<Long> nanos = new ArrayList<>();
    private int closed;

    @Override
    public void prefilled(NDManager scope, BlockStates states, long inferenceNanos) {
      NDIndex own =
          new NDIndex(states.sequence() + ", " + states.from() + ":" + states.to() + ", :");
      prompts.add(
          IntStream.range(0, states.states().size())
              .mapToObj(i -> floats(states.states().get(i), own))
              .toList());
      nanos.add(inferenceNanos);
    }

    private static float[] floats(NDArray state, NDIndex own) {
      try (NDArray rows = state.get(own)) {
        return rows.toFloatArray();
      }
    }

    @Override
    public void decoded(NDManager sequence, BlockStates states, long inferenceNanos) {}

    @Override
    public void close() {
      closed++;
    }
  }
}
