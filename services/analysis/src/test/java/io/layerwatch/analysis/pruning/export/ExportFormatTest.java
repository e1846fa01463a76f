package io.layerwatch.analysis.pruning.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.pruning.export.LayerRemoval.InvalidLayersException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class ExportFormatTest {

  private static final LayerRemoval REMOVAL = LayerRemoval.of(12, List.of(11, 0, 7));

  @Test
  void modelOptsListCountsFromOneAndSaysSo() {
    assertThat(ExportFormat.MODELOPT.text("demo", REMOVAL))
        .isEqualTo(
            """
            # Removes 0, 7, 11 of 12 layers (as Layerwatch counts them, from 0).
            # The numbers below are 1-BASED: the first layer is 1.
            LAYERS_TO_DROP=1,8,12
            """);
  }

  @Test
  void nemosOptionCountsFromOneAndSaysSo() {
    assertThat(ExportFormat.NEMO.text("demo", REMOVAL))
        .isEqualTo(
            """
            # Removes 0, 7, 11 of 12 layers (as Layerwatch counts them, from 0).
            # The numbers below are 1-BASED: the first layer is 1.
            --drop_layers 1 8 12
            """);
    assertThat(ExportFormat.NEMO.text("demo", LayerRemoval.of(2, List.of())))
        .contains("Removes none of 2 layers")
        .doesNotContain("--drop_layers");
  }

  @Test
  void huggingFacesLayersAreJsonThatCountsFromZeroAndSaysSo() {
    String text = ExportFormat.HUGGINGFACE.text("a \"b\"\\\u0001%s", REMOVAL);
    // JSON in the escapes that YAML shares, so its reader stands in for one of JSON.
    Object read = new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    assertThat(read)
        .isEqualTo(
            Map.of(
                "model",
                "a \"b\"\\\u0001%s",
                "indexBase",
                0,
                "layersBefore",
                12,
                "removedLayers",
                List.of(0, 7, 11),
                "keptLayers",
                List.of(1, 2, 3, 4, 5, 6, 8, 9, 10),
                "num_hidden_layers",
                9));
  }

  @Test
  void whatCannotBeRemovedIsToldAllAtOnce() {
    assertThatThrownBy(() -> LayerRemoval.of(3, List.of(3, 1, -1, 1, 1)))
        .isInstanceOf(InvalidLayersException.class)
        .hasMessage(
            "expected layers from 0 to 2, got 3; expected layers from 0 to 2, got -1;"
                + " expected every layer once, got 1 twice");
    assertThatThrownBy(() -> LayerRemoval.of(2, List.of(1, 0)))
        .hasMessage("expected a layer to be left, got all 2");
    assertThatThrownBy(() -> LayerRemoval.of(0, List.of()))
        .hasMessage("expected a model of at least 1 layer, got 0");
  }
}
