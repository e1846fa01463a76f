package io.layerwatch.instrumentation.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The families of decoders that the runner implements, as config.json names them. */
enum Family {
  LLAMA("LlamaForCausalLM", "llama"),
  MISTRAL("MistralForCausalLM", "mistral"),
  QWEN2("Qwen2ForCausalLM", "qwen2"),
  QWEN3("Qwen3ForCausalLM", "qwen3"),
  GEMMA("GemmaForCausalLM", "gemma"),
  GEMMA2("Gemma2ForCausalLM", "gemma2"),
  GEMMA3("Gemma3ForCausalLM", "gemma3_text"),
  GPT2("GPT2LMHeadModel", "gpt2"),
  GPT_NEOX("GPTNeoXForCausalLM", "gpt_neox");

  private final String architecture;
  private final String modelType;

  Family(String architecture, String modelType) {
    this.architecture = architecture;
    this.modelType = modelType;
  }

  /** The family by {@code architectures}, or by {@code model_type} where there are none. */
  static Family of(ConfigFile config) {
    refuseWhatNoFamilyHas(config);
    if (!config.has("architectures")) {
      String type = config.text("model_type", "");
      return Arrays.stream(values())
          .filter(family -> family.modelType.equals(type))
          .findFirst()
          .orElseThrow(() -> config.refused("architectures", expected()));
    }
    List<String> named = config.texts("architectures");
    return Arrays.stream(values())
        .filter(family -> named.equals(List.of(family.architecture)))
        .findFirst()
        .orElseThrow(() -> config.refused("architectures", expected()));
  }

  private static String expected() {
    return Arrays.stream(values())
        .map(family -> family.architecture)
        .collect(Collectors.joining(", ", "one of ", ""));
  }

  private static void refuseWhatNoFamilyHas(ConfigFile config) {
    config.expectNone("quantization_config");
    config.expectNone("pruned_heads");
    config.expect("is_encoder_decoder", false);
    config.expect("add_cross_attention", false);
    config.expect("is_causal", true);
    config.expect("use_bidirectional_attention", false);
    config.expect("use_mrope", false);
    config.part("auto_map").ifPresent(map -> map.expectNone("AutoModelForCausalLM"));
  }
}
