package io.layerwatch.instrumentation.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.naive.FamilyCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What would compute another model is refused by name; what changes nothing is read. */
class ConfigRefusalTest {

  private static final String ACTIVATIONS =
      "one of silu, swish, gelu, gelu_python, gelu_pytorch_tanh, gelu_new, gelu_fast, relu";

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0} {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "llama | {'architectures':['LlamaModel']} | architectures: expected one of"
            + " LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM,"
            + " GemmaForCausalLM, Gemma2ForCausalLM, Gemma3ForCausalLM, GPT2LMHeadModel,"
            + " GPTNeoXForCausalLM, got ['LlamaModel']",
        "llama | {'quantization_config':{'bits':4}} | quantization_config: expected none, got"
            + " {'bits':4}",
        "llama | {'auto_map':{'AutoModelForCausalLM':'own.Model'}} |"
            + " auto_map.AutoModelForCausalLM: expected none, got 'own.Model'",
        "llama | {'is_causal':false} | is_causal: expected true, got false",
        "llama | {'partial_rotary_factor':0.5} | partial_rotary_factor: expected 1, got 0.5",
        "llama | {'rope_parameters':{'partial_rotary_factor':0.5}} |"
            + " rope_parameters.partial_rotary_factor: expected 1, got 0.5",
        "llama | {'rope_scaling':{'rope_type':'yarn','factor':4.0}} | rope_scaling.rope_type:"
            + " expected default, linear or llama3, got 'yarn'",
        "llama | {'rope_scaling':{'type':'dynamic','factor':4.0}} | rope_scaling.type: expected"
            + " default, linear or llama3, got 'dynamic'",
        "llama | {'rope_parameters':{'rope_type':'longrope'}} | rope_parameters.rope_type:"
            + " expected default, linear or llama3, got 'longrope'",
        "llama | {'hidden_act':'mish'} | hidden_act: expected " + ACTIVATIONS + ", got 'mish'",
        "llama | {'sliding_window':4096} | sliding_window: expected none, got 4096",
        "llama | {'layer_types':['linear_attention']} | layer_types: expected only"
            + " full_attention, got ['linear_attention']",
        "llama | {'attention_bias':'yes'} | attention_bias: expected true or false, got 'yes'",
        "llama | {'attn_logit_softcapping':30.0} |"
            + " attn_logit_softcapping: expected none, got 30.0",
        "llama | {'final_logit_softcapping':30.0} |"
            + " final_logit_softcapping: expected none, got 30.0",
        "llama | {'query_pre_attn_scalar':64} |" + " query_pre_attn_scalar: expected none, got 64",
        "llama | {'rope_local_base_freq':10000} |"
            + " rope_local_base_freq: expected none, got 10000",
        "llama | {'rotary_pct':0.25} |" + " rotary_pct: expected 1, got 0.25",
        "llama | {'use_parallel_residual':true} |"
            + " use_parallel_residual: expected false, got true",
        "llama | {'scale_attn_by_inverse_layer_idx':true} |"
            + " scale_attn_by_inverse_layer_idx: expected false, got true",
        "llama | {'alibi':true} |" + " alibi: expected false, got true",
        "llama | {'logit_scale':0.0625} |" + " logit_scale: expected 1, got 0.0625",
        "llama | {'clip_qkv':8.0} |" + " clip_qkv: expected none, got 8.0",
        "llama | {'residual_multiplier':0.22} |" + " residual_multiplier: expected 1, got 0.22",
        "llama | {'rope_scaling':{'type':'linear','factor':2.0,'attention_factor':1.5}} |"
            + " rope_scaling.attention_factor: expected 1, got 1.5",
        "mistral | {'use_sliding_window':false} |"
            + " use_sliding_window: expected true, got false",
        "mistral | {'layer_types':['full_attention']} |"
            + " layer_types: expected only sliding_attention, got ['full_attention']",
        "gpt2 | {'rope_scaling':{'type':'yarn'}} |"
            + " rope_scaling: expected none, got {'type':'yarn'}",
        "gpt2 | {'sliding_window':16} |" + " sliding_window: expected none, got 16",
        "gpt2 | {'layer_types':['sliding_attention']} |"
            + " layer_types: expected only full_attention, got ['sliding_attention']",
        "gpt_neox | {'sliding_window':16} |" + " sliding_window: expected none, got 16",
        "gpt_neox | {'layer_types':['sliding_attention']} |"
            + " layer_types: expected only full_attention, got ['sliding_attention']",
        "mistral | {'attention_bias':true} | attention_bias: expected false, got true",
        "mistral | {'mlp_bias':true} | mlp_bias: expected false, got true",
        "mistral | {'sliding_window':0} | sliding_window: expected a positive whole number, got 0",
        "qwen2 | {'attention_bias':false} | attention_bias: expected true, got false",
        "qwen2 | {'use_mrope':true} | use_mrope: expected false, got true",
        "qwen2 | {'layer_types':['full_attention','chunked_attention','full_attention']} |"
            + " layer_types: expected a list of 3 times full_attention or sliding_attention, got"
            + " ['full_attention','chunked_attention','full_attention']",
        "qwen2 | {'max_window_layers':-1} | max_window_layers: expected a whole number, got -1",
        "qwen3 | {'head_dim':5} | head_dim: expected an even number, got 5",
        "qwen3 | {'layer_types':['full_attention']} | layer_types: expected a list of 3 times"
            + " full_attention or sliding_attention, got ['full_attention']",
        "gemma | {'hidden_activation':'mish'} | hidden_activation: expected "
            + ACTIVATIONS
            + ", got 'mish'",
        "gemma | {'hidden_act':'relu'} | hidden_act: expected gelu or gelu_pytorch_tanh, got"
            + " 'relu'",
        "gemma | {'attn_logit_softcapping':50.0} | attn_logit_softcapping: expected none, got 50.0",
        "gemma2 | {'query_pre_attn_scalar':0} | query_pre_attn_scalar: expected a positive number,"
            + " got 0",
        "gemma3_text | {'use_bidirectional_attention':true} | use_bidirectional_attention:"
            + " expected false, got true",
        "gpt2 | {'scale_attn_by_inverse_layer_idx':true} | scale_attn_by_inverse_layer_idx:"
            + " expected false, got true",
        "gpt2 | {'scale_attn_weights':false} | scale_attn_weights: expected true, got false",
        "gpt2 | {'reorder_and_upcast_attn':true} | reorder_and_upcast_attn: expected false, got"
            + " true",
        "gpt2 | {'add_cross_attention':true} | add_cross_attention: expected false, got true",
        "gpt2 | {'pruned_heads':{'0':[1]}} | pruned_heads: expected none, got {'0':[1]}",
        "gpt2 | {'n_head':5} | n_head: expected a divisor of the hidden size 12, got 5",
        "gpt_neox | {'rotary_pct':0.4} | rotary_pct: expected a share that is an even number of 8"
            + " elements of a head, got 0.4",
        "gpt_neox | {'rope_scaling':{'type':'dynamic','factor':2.0}} | rope_scaling.type: expected"
            + " default, linear or llama3, got 'dynamic'",
        "gpt_neox | {'hidden_act':'gelu_10'} | hidden_act: expected "
            + ACTIVATIONS
            + ", got 'gelu_10'"
      })
  void whatWouldComputeAnotherModelIsRefusedByName(String family, String changes, String expected)
      throws IOException {
    Path file = write(FamilyCheckpoint.config(family, changes.replace('\'', '"')));
    assertThatThrownBy(() -> ModelConfig.read(directory))
        .isInstanceOf(InvalidCheckpointException.class)
        .hasMessage(file + ": " + expected.replace('\'', '"'));
  }

  /** Metadata, training options, and options given as what they are anyway. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "mistral", "qwen2", "qwen3", "gemma", "gemma2", "gemma3_text"})
  void whatChangesNothingIsRead(String family) throws IOException {
    ModelConfig plain = read(FamilyCheckpoint.config(family, "{}"));
    assertThat(
            read(
                FamilyCheckpoint.config(
                    family,
                    "{\"transformers_version\": \"4.40.0\", \"use_cache\": true,"
                        + " \"attention_dropout\": 0.5, \"initializer_range\": 0.02,"
                        + " \"pretraining_tp\": 1, \"pruned_heads\": {}, \"rope_scaling\": null,"
                        + " \"quantization_config\": null, \"partial_rotary_factor\": 1.0,"
                        + " \"bos_token_id\": 1, \"torch_dtype\": \"float16\","
                        + " \"auto_map\": {\"AutoTokenizer\": [\"own.Tokenizer\", null]}}")))
        .isEqualTo(plain);
  }

  @Test
  void withoutArchitecturesTheModelTypeTellsTheFamily() throws IOException {
    ObjectNode config = FamilyCheckpoint.config("gpt_neox", "{}");
    ModelConfig named = read(config);
    config.remove("architectures");
    assertThat(read(config)).isInstanceOf(NeoxConfig.class).isEqualTo(named);
  }

  @Test
  void bothSpellingsOfPartialPositionsAreRead() throws IOException {
    ObjectNode config = FamilyCheckpoint.config("gpt_neox", "{}");
    ModelConfig older = read(config);
    config.remove("rotary_pct");
    config.remove("rotary_emb_base");
    config
        .putObject("rope_parameters")
        .put("rope_type", "default")
        .put("rope_theta", 300.0)
        .put("partial_rotary_factor", 0.5);
    assertThat(read(config)).isEqualTo(older);
  }

  @Test
  void bothSpellingsOfPositionsByLayerTypeAreRead() throws IOException {
    ObjectNode config =
        FamilyCheckpoint.config(
            "gemma3_text", "{\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8.0}}");
    ModelConfig older = read(config);
    config.remove(java.util.List.of("rope_theta", "rope_local_base_freq", "rope_scaling"));
    ObjectNode newer = config.putObject("rope_parameters");
    newer
        .putObject("full_attention")
        .put("rope_type", "linear")
        .put("factor", 8.0)
        .put("rope_theta", 300.0);
    newer.putObject("sliding_attention").put("rope_type", "default").put("rope_theta", 50.0);
    assertThat(read(config)).isEqualTo(older);
  }

  private ModelConfig read(ObjectNode config) throws IOException {
    write(config);
    return ModelConfig.read(directory);
  }

  private Path write(ObjectNode config) throws IOException {
    Path file = directory.resolve("config.json");
    new ObjectMapper().writeValue(file.toFile(), config);
    return file;
  }
}
