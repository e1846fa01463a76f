package io.layerwatch.analysis.pruning.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.pruning.export.MergekitSchema.Model;
import io.layerwatch.analysis.pruning.export.MergekitSchema.Slice;
import io.layerwatch.analysis.pruning.export.MergekitYaml.Dtype;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergekitYamlTest {

  private static final int LAYERS = 12;

  @Test
  void everySubsetOfTwelveLayersIsCoveredExactlyAndByTheFewestRanges() {
    for (int gone = 0; gone < 1 << LAYERS; gone++) {
      List<Integer> removed = new ArrayList<>();
      List<Integer> kept = new ArrayList<>();
      int runs = 0;
      for (int layer = 0; layer < LAYERS; layer++) {
        boolean stays = (gone >> layer & 1) == 0;
        (stays ? kept : removed).add(layer);
        boolean stayedBefore = layer > 0 && (gone >> (layer - 1) & 1) == 0;
        runs += stays && !stayedBefore ? 1 : 0;
      }
      if (kept.isEmpty()) {
        assertThatThrownBy(() -> LayerRemoval.of(LAYERS, removed))
            .hasMessage("expected a layer to be left, got all 12");
        continue;
      }
      MergekitSchema read = MergekitSchema.read(yaml("demo", removed));
      assertThat(read.layers()).isEqualTo(kept);
      assertThat(read.slices()).hasSize(runs);
    }
  }

  @Test
  void theTextIsWhatPeopleWriteByHand() {
    String expected =
        """
        # Removes 3, 7, 8 of 12 layers (as Layerwatch counts them, from 0).
        # Layers are counted from 0, and a layer_range ends before its second number.
        slices:
          - sources:
              - model: "org/model-7b"
                layer_range: [0, 3]
          - sources:
              - model: "org/model-7b"
                layer_range: [4, 7]
          - sources:
              - model: "org/model-7b"
                layer_range: [9, 12]
        merge_method: passthrough
        dtype: bfloat16
        """;
    assertThat(
            MergekitYaml.of(
                "org/model-7b",
                LayerRemoval.of(LAYERS, List.of(8, 3, 7)),
                Optional.of(Dtype.BFLOAT16)))
        .isEqualTo(expected);
  }

  @Test
  void nothingRemovedIsTheWholeModelInItsOwnType() {
    MergekitSchema read = MergekitSchema.read(yaml("demo", List.of()));
    assertThat(read.slices()).containsExactly(new Slice(plain("demo"), 0, LAYERS));
    assertThat(read.dtype()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no",
        "1e3",
        "~",
        "model: x",
        "a # b",
        "- a",
        "'quoted' \"twice\"",
        "C:\\models\\new",
        "two\nlines: here",
        "tab\tand\rreturn",
        "{{jinja}} %TAG &a *b !c",
        "a+b+c",
        "user@host",
        "a@b@c+d",
        "模型/ü",
        "\uD83D\uDE00",
        "\u0085\u2028\uFEFF\uFFFE\u0000\u007f",
        " ",
        ""
      })
  void aModelIsNamedWhateverItsNameHolds(String name) {
    assertThat(MergekitSchema.read(yaml(name, List.of(5))).slices())
        .containsExactly(new Slice(plain(name), 0, 5), new Slice(plain(name), 6, LAYERS));
  }

  @Property
  void anyTextOfWholeCharactersIsReadBackAsItIs(@ForAll("texts") String name) {
    assertThat(MergekitSchema.read(yaml(name, List.of())).slices())
        .containsExactly(new Slice(plain(name), 0, LAYERS));
  }

  @Provide
  Arbitrary<String> texts() {
    Arbitrary<Integer> points =
        Arbitraries.integers()
            .between(0, Character.MAX_CODE_POINT)
            .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE);
    Arbitrary<Integer> telling =
        Arbitraries.of(":#-+@\"'\\\n\t {}[]&*!|>%`~,?".chars().boxed().toList());
    return Arbitraries.oneOf(points, telling)
        .list()
        .ofMaxSize(30)
        .map(
            list -> {
              StringBuilder text = new StringBuilder();
              list.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Test
  void halfACharacterIsRefusedSinceNoFileCouldHoldIt() {
    assertThatThrownBy(() -> yaml("a\uD83D", List.of()))
        .hasMessage("model: expected a text of whole characters, got half of one: \\ud83d");
  }

  private static Model plain(String name) {
    return new Model(name, Optional.empty(), Optional.empty());
  }

  private static String yaml(String model, List<Integer> removed) {
    return ExportFormat.MERGEKIT.text(model, LayerRemoval.of(LAYERS, removed));
  }
}
