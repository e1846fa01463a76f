package io.layerwatch.instrumentation.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.TinyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RotaryScalingTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LLAMA_31 =
      "{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
          + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192";

  @TempDir private Path directory;

  /** With context 8192, factors 8, 1 and 4: worked by hand. */
  @ParameterizedTest
  @CsvSource({
    "1000, 1", // shorter than 8192 / 4: kept
    "2048, 1", // the border
    "4096, 0.4166666666666667", // 2 turns: 1/3 kept, 2/3 divided by 8
    "8192, 0.125", // the other border
    "100000, 0.125" // longer than 8192: divided by 8
  })
  void llama3StretchesLongWavelengthsAndMixesBetween(double wavelength, double kept) {
    double frequency = 2 * Math.PI / wavelength;
    assertThat(new RotaryScaling.Llama3(8, 1, 4, 8192).scale(frequency))
        .isCloseTo(kept * frequency, within(1e-15));
  }

  @Test
  void bothSpellingsOfConfigsAreRead() throws IOException {
    RotaryScaling expected = new RotaryScaling.Llama3(8, 1, 4, 8192);
    assertThat(read("rope_scaling", LLAMA_31 + "}").rotary().scaling()).isEqualTo(expected);
    LlamaConfig newer = read("rope_parameters", LLAMA_31 + ",\"rope_theta\":500000.0}");
    assertThat(newer.rotary().scaling()).isEqualTo(expected);
    assertThat(newer.rotary().theta()).isEqualTo(500_000);
  }

  @Test
  void theOldestSpellingIsRead() throws IOException {
    assertThat(read("rope_scaling", "{\"type\":\"linear\",\"factor\":2.0}").rotary().scaling())
        .isEqualTo(new RotaryScaling.Linear(2));
  }

  @Test
  void withoutAnyNothingIsScaled() throws IOException {
    assertThat(read("rope_scaling", "null").rotary().scaling()).isEqualTo(new RotaryScaling.None());
  }

  private LlamaConfig read(String option, String value) throws IOException {
    ObjectNode config = new TinyCheckpoint(1, true).config();
    config.set(option, JSON.readTree(value));
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    return (LlamaConfig) ModelConfig.read(directory);
  }
}
