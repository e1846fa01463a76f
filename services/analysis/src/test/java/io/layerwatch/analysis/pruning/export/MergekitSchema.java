package io.layerwatch.analysis.pruning.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What mergekit reads of a configuration of slices, by its config.py and common.py: exactly one of
 * models, slices and modules; of each source a model and a layer_range of two whole numbers; a text
 * for a model is taken apart at + and @, a mapping not.
 */
record MergekitSchema(List<Slice> slices, Optional<String> dtype) {

  /** A slice of one source. */
  record Slice(Model model, int begin, int end) {}

  /** mergekit's ModelReference. */
  record Model(String path, Optional<String> revision, Optional<String> lora) {

    static Model of(Object node) {
      if (node instanceof String text) {
        String[] chunks = text.split("\\+", -1);
        assertThat(chunks).as(text).hasSizeBetween(1, 2);
        String[] path = chunks[0].split("@", -1);
        assertThat(path).as(text).hasSizeBetween(1, 2);
        return new Model(
            path[0],
            path.length == 2 ? Optional.of(path[1]) : Optional.empty(),
            chunks.length == 2 ? Optional.of(chunks[1]) : Optional.empty());
      }
      Map<?, ?> model = map(node, Set.of("model"));
      Map<?, ?> path = map(model.get("model"), Set.of("path"));
      assertThat(path.get("path")).isInstanceOf(String.class);
      return new Model((String) path.get("path"), Optional.empty(), Optional.empty());
    }
  }

  static MergekitSchema read(String yaml) {
    Object root = new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml);
    Map<?, ?> config = map(root, Set.of("slices", "merge_method", "dtype"));
    assertThat(config.get("merge_method")).isEqualTo("passthrough");
    List<Slice> slices = new ArrayList<>();
    for (Object slice : (List<?>) config.get("slices")) {
      List<?> sources = (List<?>) map(slice, Set.of("sources")).get("sources");
      // What a passthrough merge takes.
      assertThat(sources).hasSize(1);
      Map<?, ?> source = map(sources.get(0), Set.of("model", "layer_range"));
      List<?> range = (List<?>) source.get("layer_range");
      assertThat(range).hasSize(2).allMatch(Integer.class::isInstance);
      slices.add(
          new Slice(Model.of(source.get("model")), (Integer) range.get(0), (Integer) range.get(1)));
    }
    assertThat(slices).isNotEmpty();
    return new MergekitSchema(
        List.copyOf(slices), Optional.ofNullable(config.get("dtype")).map(String.class::cast));
  }

  private static Map<?, ?> map(Object node, Set<String> keys) {
    assertThat(node).isInstanceOf(Map.class);
    Map<?, ?> map = (Map<?, ?>) node;
    for (Object key : map.keySet()) {
      assertThat(keys).contains(String.valueOf(key));
    }
    return map;
  }

  /** The layers that mergekit stacks, in its order. */
  List<Integer> layers() {
    List<Integer> layers = new ArrayList<>();
    for (Slice slice : slices) {
      assertThat(slice.begin()).isNotNegative().isLessThan(slice.end());
      for (int layer = slice.begin(); layer < slice.end(); layer++) {
        layers.add(layer);
      }
    }
    return layers;
  }
}
