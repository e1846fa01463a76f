package io.layerwatch.instrumentation.prune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.pruning.export.LayerRemoval;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.ModelConfig;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What config.json says after layers 0 and 3 of 6 have gone, by hand. */
class PrunedConfigTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final LayerRemoval REMOVAL = LayerRemoval.of(6, List.of(3, 0));

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "llama | {} | {'num_hidden_layers':4}",
        "gpt2 | {} | {'n_layer':4}",
        "gpt2 | {'num_hidden_layers':6} | {'n_layer':4,'num_hidden_layers':4}",
        "gpt_neox | {} | {'num_hidden_layers':4}",
        // Every layer of these is alike, so nothing follows from its number.
        "mistral | {} | {'num_hidden_layers':4}",
        "gemma | {} | {'num_hidden_layers':4}",
        "qwen2 | {'max_window_layers':28} | {'num_hidden_layers':4,'max_window_layers':26}",
        "qwen2 | {'layer_types':null} |"
            + " {'num_hidden_layers':4,'max_window_layers':0,'layer_types':null}",
        // Layers 2 to 5 slide before; of the kept 1, 2, 4, 5 all but the first.
        "qwen2 | {'use_sliding_window':true,'max_window_layers':2} |"
            + " {'num_hidden_layers':4,'max_window_layers':1,'layer_types':"
            + "['full_attention','sliding_attention','sliding_attention','sliding_attention']}",
        "qwen3 | {'use_sliding_window':true,'layer_types':['full_attention','sliding_attention',"
            + "'full_attention','full_attention','sliding_attention','full_attention']} |"
            + " {'num_hidden_layers':4,'max_window_layers':0,'layer_types':"
            + "['sliding_attention','full_attention','sliding_attention','full_attention']}",
        // Even layers slide before; the kept ones are 1, 2, 4, 5.
        "gemma2 | {} | {'num_hidden_layers':4,'layer_types':"
            + "['full_attention','sliding_attention','sliding_attention','full_attention']}",
        // Every third layer sees all before: 2 and 5.
        "gemma3_text | {'sliding_window_pattern':3} | {'num_hidden_layers':4,'layer_types':"
            + "['sliding_attention','full_attention','sliding_attention','full_attention']}",
        "llama | {'layer_types':['full_attention','full_attention','full_attention',"
            + "'full_attention','full_attention','full_attention'],'num_hidden_layers':6} |"
            + " {'num_hidden_layers':4,'layer_types':"
            + "['full_attention','full_attention','full_attention','full_attention']}",
        "llama | {'eos_token_id':[1,2,3,4,5,6],'of_our_own':{'a':[1,2]},'no_rope_layers':[]} |"
            + " {'num_hidden_layers':4}"
      })
  void countAndWindowsAreAdjustedAndAllElseIsKept(String family, String changes, String adjusted)
      throws IOException {
    ObjectNode config = config(family, changes);
    ObjectNode expected = config.deepCopy();
    expected.setAll((ObjectNode) JSON.readTree(adjusted.replace('\'', '"')));
    assertThat(pruned(config)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'no_rope_layers':[1,1,0]}",
        "{'no_rope_layer_interval':4}",
        "{'first_k_dense_replace':0}",
        "{'heads_of_layers':[1,2,3,4,5,6]}"
      })
  void whatMaySpeakOfSingleLayersIsRefusedByName(String changes) throws IOException {
    ObjectNode config = config("llama", changes);
    JsonNode added = JSON.readTree(changes.replace('\'', '"'));
    String key = added.fieldNames().next();
    assertThatThrownBy(() -> pruned(config))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(
            directory.resolve("config.json")
                + ": "
                + key
                + ": expected nothing that may speak of single layers, got "
                + added.path(key));
  }

  @Test
  void countsThatDifferAndTypesOfOtherLayersAreRefused() throws IOException {
    ObjectNode counts = config("gpt2", "{'num_hidden_layers':7}");
    assertThatThrownBy(() -> pruned(counts))
        .hasMessageContaining("num_hidden_layers: expected 6, as the other count says, got 7");
    ObjectNode types = config("llama", "{'layer_types':['full_attention']}");
    assertThatThrownBy(() -> pruned(types))
        .hasMessageContaining("layer_types: expected a list of 6, got [\"full_attention\"]");
  }

  private static ObjectNode config(String family, String changes) {
    ObjectNode config = FamilyCheckpoint.config(family, "{}");
    config.put(family.equals("gpt2") ? "n_layer" : "num_hidden_layers", 6);
    try {
      config.setAll((ObjectNode) JSON.readTree(changes.replace('\'', '"')));
    } catch (IOException e) {
      throw new IllegalArgumentException(changes, e);
    }
    return config;
  }

  private JsonNode pruned(ObjectNode config) throws IOException {
    Files.writeString(directory.resolve("config.json"), config.toString());
    JsonNode pruned = PrunedConfig.of(directory, ModelConfig.read(directory), REMOVAL);
    return JSON.readTree(pruned.toString());
  }
}
