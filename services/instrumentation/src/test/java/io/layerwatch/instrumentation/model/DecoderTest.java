package io.layerwatch.instrumentation.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.NaiveLlama;
import io.layerwatch.instrumentation.NaiveLlama.Result;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The forward pass against an independent one. */
class DecoderTest {

  private static final int[] TOKENS = {256, 72, 101, 108, 108, 111, 32, 119, 0, 255, 257};

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "F32,true,false",
    "F32,false,false",
    "F16,true,false",
    "BF16,true,false",
    "F32,false,true",
    "F16,false,true",
    "BF16,false,true"
  })
  void everyStateAndLogitEqualsTheIndependentForwardPass(
      TensorType type, boolean tied, boolean sharded) throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(7, tied);
    Path written =
        sharded ? checkpoint.writeSharded(directory, type) : checkpoint.write(directory, type);
    Result expected = new NaiveLlama(checkpoint).run(TOKENS);
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(written));
        NDManager scope = model.newScope()) {
      Pass pass = model.decoder().forward(scope, ids(scope, TOKENS), Optional.empty());
      for (int layer = 0; layer <= TinyCheckpoint.LAYERS; layer++) {
        assertClose(pass.states().get(layer), expected.states().get(layer));
      }
      assertClose(model.decoder().logits(scope, pass, 0), expected.logits());
    }
  }

  @Test
  void positionsAreScaledAsTheCheckpointSays() throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(7, true);
    Path written = checkpoint.write(directory, TensorType.F32);
    ObjectNode config = checkpoint.config();
    config.putObject("rope_scaling").put("rope_type", "linear").put("factor", 4.0);
    new ObjectMapper().writeValue(written.resolve("config.json").toFile(), config);
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(written));
        NDManager scope = model.newScope()) {
      Pass pass = model.decoder().forward(scope, ids(scope, TOKENS), Optional.empty());
      assertClose(
          model.decoder().logits(scope, pass, 0),
          new NaiveLlama(checkpoint, 4).run(TOKENS).logits());
    }
  }

  @Test
  void decodingTokenByTokenEqualsOnePrefill() throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(8, true);
    Result expected = new NaiveLlama(checkpoint).run(TOKENS);
    try (LanguageModel model =
            LanguageModel.load(
                LanguageModel.Source.of(checkpoint.write(directory, TensorType.F32)));
        NDManager scope = model.newScope();
        SequenceCache cache = model.decoder().newCache(scope)) {
      int prefilled = 4;
      Pass prefill =
          model
              .decoder()
              .forward(
                  scope,
                  ids(scope, java.util.Arrays.copyOf(TOKENS, prefilled)),
                  Optional.of(cache));
      assertClose(prefill.last(), java.util.Arrays.copyOf(expected.states().get(3), prefilled));
      for (int i = prefilled; i < TOKENS.length; i++) {
        Pass step = model.decoder().forward(scope, ids(scope, TOKENS[i]), Optional.of(cache));
        assertClose(model.decoder().logits(scope, step, 0), new double[][] {expected.logits()[i]});
      }
      assertThat(cache.length()).isEqualTo(TOKENS.length);
    }
  }

  @Test
  void aSkippedLayerLeavesTheStreamAsItWas() throws IOException {
    TinyCheckpoint checkpoint = new TinyCheckpoint(9, true);
    try (LanguageModel model =
            LanguageModel.load(
                LanguageModel.Source.of(checkpoint.write(directory, TensorType.F32)));
        NDManager scope = model.newScope()) {
      Pass pass =
          model.decoder().forward(scope, ids(scope, TOKENS), Optional.empty(), layer -> layer == 1);
      assertThat(pass.states().get(2).toFloatArray())
          .isEqualTo(pass.states().get(1).toFloatArray());
      assertThat(pass.states().get(3).toFloatArray())
          .isNotEqualTo(pass.states().get(2).toFloatArray());
    }
  }

  @Test
  void theRevisionFollowsTheWeights() throws IOException {
    Path one = new TinyCheckpoint(1, true).write(directory.resolve("one"), TensorType.F32);
    Path same = new TinyCheckpoint(1, true).write(directory.resolve("same"), TensorType.F32);
    Path tuned = new TinyCheckpoint(2, true).write(directory.resolve("tuned"), TensorType.F32);
    assertThat(revision(one)).matches("[0-9a-f]{12}").isEqualTo(revision(same));
    assertThat(revision(tuned)).isNotEqualTo(revision(one));
  }

  private static String revision(Path directory) {
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(directory))) {
      return model.id().revision();
    }
  }

  private static NDArray ids(NDManager scope, int... tokens) {
    return scope.create(tokens, new Shape(1, tokens.length));
  }

  private static void assertClose(NDArray actual, double[][] expected) {
    float[] values = actual.toFloatArray();
    int width = expected[0].length;
    assertThat(values).hasSize(expected.length * width);
    for (int i = 0; i < values.length; i++) {
      double wanted = expected[i / width][i % width];
      assertThat((double) values[i]).isCloseTo(wanted, within(1e-4 * (1 + Math.abs(wanted))));
    }
  }
}
