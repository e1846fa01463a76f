package io.layerwatch.instrumentation.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** The archive that export_example.py wrote, and what its model computes in double precision. */
final class Example {

  static final Path DIRECTORY = Path.of("src/test/resources/torchscript-example");
  static final int LAYERS = 3;
  static final int HIDDEN = 16;
  static final int VOCABULARY = 258;

  /** The program of the module that was exported, around the model's own. */
  private static final String PROGRAM = "layerwatch_export.py";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What the model gives: layers + 1 states [T][d], then logits [T][V]. */
  record Values(List<double[][]> outputs) {

    List<double[][]> states() {
      return outputs.subList(0, LAYERS + 1);
    }

    double[][] logits() {
      return outputs.get(LAYERS + 1);
    }
  }

  private Example() {}

  static LanguageModel load() {
    return LanguageModel.load(LanguageModel.Source.of(DIRECTORY));
  }

  static int[] tokens() {
    return JSON.convertValue(expected().path("tokens"), int[].class);
  }

  /** Those of the whole model. */
  static Values values() {
    return values(0);
  }

  /** Those without layer 1. */
  static Values valuesWithoutTheSecondLayer() {
    return values(1);
  }

  private static Values values(int index) {
    JsonNode given = expected().path("cases").path(index);
    List<double[][]> outputs = new ArrayList<>();
    for (JsonNode state : given.path("states")) {
      outputs.add(JSON.convertValue(state, double[][].class));
    }
    outputs.add(JSON.convertValue(given.path("logits"), double[][].class));
    return new Values(outputs);
  }

  private static JsonNode expected() {
    try {
      return JSON.readTree(DIRECTORY.resolve("expected.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Another archive: the same with its program changed, in a directory with the rest. */
  static Path rewritten(Path directory, UnaryOperator<String> program) throws IOException {
    copy(directory);
    try (ZipFile original = new ZipFile(DIRECTORY.resolve("model.pt").toFile());
        ZipOutputStream written =
            new ZipOutputStream(Files.newOutputStream(directory.resolve("model.pt")))) {
      for (ZipEntry entry : original.stream().toList()) {
        byte[] bytes;
        try (InputStream content = original.getInputStream(entry)) {
          bytes = content.readAllBytes();
        }
        if (entry.getName().endsWith("/" + PROGRAM)) {
          String source = new String(bytes, StandardCharsets.UTF_8);
          String changed = program.apply(source);
          assertThat(changed).isNotEqualTo(source);
          bytes = changed.getBytes(StandardCharsets.UTF_8);
        }
        if (!entry.getName().endsWith(".debug_pkl")) {
          written.putNextEntry(new ZipEntry(entry.getName()));
          written.write(bytes);
        }
      }
    }
    return directory;
  }

  /** The same, exported without an input that skips layers. */
  static Path withoutMask(Path directory) throws IOException {
    rewritten(
        directory,
        source ->
            source
                .replace(",\n    layer_mask: Tensor", "")
                .replace(
                    "model = self.model", "layer_mask = torch.ones([3])\n    model = self.model"));
    Path manifest = directory.resolve("layerwatch.json");
    Files.writeString(manifest, Files.readString(manifest).replace("true", "false"));
    return directory;
  }

  static Path copy(Path directory) throws IOException {
    for (String name : List.of("model.pt", "layerwatch.json", "tokenizer.json")) {
      Files.write(directory.resolve(name), Files.readAllBytes(DIRECTORY.resolve(name)));
    }
    return directory;
  }

  static void assertClose(NDArray actual, double[][] expected) {
    float[] values = actual.toFloatArray();
    int width = expected[0].length;
    assertThat(values).hasSize(expected.length * width);
    for (int i = 0; i < values.length; i++) {
      double wanted = expected[i / width][i % width];
      assertThat((double) values[i]).isCloseTo(wanted, within(1e-4 * (1 + Math.abs(wanted))));
    }
  }
}
