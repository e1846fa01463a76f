package io.layerwatch.instrumentation.torchscript;

import static io.layerwatch.instrumentation.torchscript.Example.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.SequenceCache;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.instrumentation.torchscript.Example.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A foreign architecture's archive, against what its model computes in double precision. */
class TorchScriptDecoderTest {

  private static final int[] TOKENS = Example.tokens();
  private static final Values EXPECTED = Example.values();

  private static LanguageModel model;

  @BeforeAll
  static void load() {
    model = Example.load();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void statesAndLogitsAreTheModels() {
    try (NDManager scope = model.newScope()) {
      Pass pass = pass(model, scope, layer -> false);
      assertEqual(pass, EXPECTED);
      assertClose(model.decoder().logits(scope, pass, 0), EXPECTED.logits());
      assertClose(
          model.decoder().logits(scope, pass, 2, 4), Arrays.copyOfRange(EXPECTED.logits(), 2, 4));
    }
  }

  @Test
  void aSkippedLayerIsSkippedInEveryLayerAfterIt() {
    try (NDManager scope = model.newScope()) {
      assertEqual(pass(model, scope, layer -> layer == 1), Example.valuesWithoutTheSecondLayer());
    }
  }

  /** One pass of several tokens after another, too. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void passesWithACacheGiveWhatOnePassGives(int prefilled) {
    try (NDManager sequence = model.newScope();
        SequenceCache cache = model.decoder().newCache(sequence)) {
      for (int from = 0; from < TOKENS.length; ) {
        int to = from == 0 ? prefilled : Math.min(TOKENS.length, from + 1 + from % 2);
        try (NDManager scope = sequence.newSubManager()) {
          NDArray ids = scope.create(Arrays.copyOfRange(TOKENS, from, to), new Shape(1, to - from));
          Pass pass = model.decoder().forward(scope, ids, Optional.of(cache));
          for (int i = 0; i <= Example.LAYERS; i++) {
            assertClose(
                pass.states().get(i), Arrays.copyOfRange(EXPECTED.states().get(i), from, to));
          }
          assertClose(
              model.decoder().logits(scope, pass, 0),
              Arrays.copyOfRange(EXPECTED.logits(), from, to));
        }
        assertThat(cache.length()).isEqualTo(to);
        from = to;
      }
    }
  }

  @Test
  void everySequenceOfABatchIsByItself() {
    try (NDManager scope = model.newScope()) {
      int[] twice =
          IntStream.concat(IntStream.of(9, 8, 7, 6, 5, 4), IntStream.of(TOKENS)).toArray();
      Pass pass =
          model
              .decoder()
              .forward(scope, scope.create(twice, new Shape(2, TOKENS.length)), Optional.empty());
      assertClose(pass.last().get(1), EXPECTED.states().get(Example.LAYERS));
      assertClose(model.decoder().logits(scope, pass, 0).get(1), EXPECTED.logits());
    }
  }

  /** Scalar types of PyTorch: half, double, bfloat16. The last would end the JVM in DJL's hands. */
  @ParameterizedTest
  @ValueSource(ints = {5, 7, 15})
  void outputsOfAnyTypeComeInSinglePrecision(int scalarType, @TempDir Path directory)
      throws IOException {
    String converted = "return (_1, _2, _3, torch.to(_4, " + scalarType + "), torch.to(_5, %d))";
    Example.rewritten(
        directory, source -> source.replaceFirst("return .*", converted.formatted(scalarType)));
    try (LanguageModel other = LanguageModel.load(LanguageModel.Source.of(directory));
        NDManager scope = other.newScope()) {
      Pass pass = pass(other, scope, layer -> false);
      assertThat(pass.last().getDataType()).isEqualTo(DataType.FLOAT32);
      NDArray logits = other.decoder().logits(scope, pass, 0);
      assertThat(logits.getDataType()).isEqualTo(DataType.FLOAT32);
      double largest = largest(EXPECTED.logits());
      float[] values = logits.toFloatArray();
      for (int i = 0; i < values.length; i++) {
        double wanted = EXPECTED.logits()[i / Example.VOCABULARY][i % Example.VOCABULARY];
        assertThat(Math.abs(values[i] - wanted)).isLessThan(0.01 * largest);
      }
    }
  }

  @Test
  void withoutAMaskLayersAreNotSkipped(@TempDir Path directory) throws IOException {
    Example.withoutMask(directory);
    try (LanguageModel other = LanguageModel.load(LanguageModel.Source.of(directory));
        NDManager scope = other.newScope()) {
      assertEqual(pass(other, scope, layer -> false), EXPECTED);
      assertThatThrownBy(() -> pass(other, scope, layer -> layer == 1))
          .isInstanceOf(InvalidCheckpointException.class)
          .hasMessage(
              directory.resolve("layerwatch.json")
                  + ": layerMaskInput: expected true where layers are to be skipped, got false");
    }
  }

  @Test
  void aThreadThatIsInterruptedPassesNothing() {
    try (NDManager scope = model.newScope()) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> pass(model, scope, layer -> false))
          .isInstanceOf(InferenceStoppedException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void severalThreadsGetTheSame() {
    IntStream.range(0, 40)
        .parallel()
        .forEach(
            round -> {
              TorchThreads.inferenceOnly();
              try (NDManager scope = model.newScope()) {
                boolean without = round % 3 == 0;
                assertEqual(
                    pass(model, scope, layer -> without && layer == 1),
                    without ? Example.valuesWithoutTheSecondLayer() : EXPECTED);
              }
            });
  }

  @Test
  void theManifestSaysWhatTheModelIs() {
    assertThat(model.id().name()).isEqualTo("torchscript-example");
    assertThat(model.config().layerCount()).isEqualTo(Example.LAYERS);
    assertThat(model.config().endTokens()).containsExactly(257);
    assertThat(model.config().contextLength()).isEqualTo(64);
    // Two norms, and matrices 16x48, 16x16, 16x24 and 24x16 with biases.
    int matrices = 16 * 48 + 16 * 16 + 16 * 24 + 24 * 16;
    int layer = matrices + 48 + 16 + 24 + 16 + 2 * 2 * 16;
    int head = 16 * 258;
    assertThat(model.shape())
        .isEqualTo(
            new ModelShape(3, layer, 3 * layer + 2 * head + 2 * 16, matrices, 3 * matrices + head));
  }

  @Test
  void theRevisionFollowsProgramAndManifestButNoSourcePaths(@TempDir Path directory)
      throws IOException {
    assertThat(model.id().revision()).matches("[0-9a-f]{12}");
    // A blank line in the program; the table of source lines is left out.
    Path changed = Example.rewritten(directory, source -> source + "\n");
    assertThat(revision(changed)).isNotEqualTo(model.id().revision());
    assertThat(revision(Example.copy(directory))).isEqualTo(model.id().revision());
    Files.writeString(
        directory.resolve("layerwatch.json"),
        Files.readString(directory.resolve("layerwatch.json")).replace("64", "63"));
    assertThat(revision(directory)).isNotEqualTo(model.id().revision());
  }

  private static String revision(Path directory) {
    try (LanguageModel loaded = LanguageModel.load(LanguageModel.Source.of(directory))) {
      return loaded.id().revision();
    }
  }

  /** The same model with no second input. */
  private static Pass pass(LanguageModel model, NDManager scope, IntPredicate skipped) {
    NDArray ids = scope.create(TOKENS, new Shape(1, TOKENS.length));
    return model.decoder().forward(scope, ids, Optional.empty(), skipped);
  }

  private static void assertEqual(Pass pass, Values expected) {
    assertThat(pass.states()).hasSize(Example.LAYERS + 1);
    for (int i = 0; i <= Example.LAYERS; i++) {
      assertClose(pass.states().get(i), expected.states().get(i));
    }
    assertClose(pass.logits().orElseThrow(), expected.logits());
  }

  private static double largest(double[][] values) {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
  }
}
