package io.layerwatch.instrumentation.checkpoint;

import java.util.List;
import java.util.Set;

/**
 * Options by which one family or another changes its computation. In the config.json of a family
 * that does not follow them they are refused, unless they say what changes nothing.
 */
final class ForeignOptions {

  private static final List<String> NUMBERS_OR_OBJECTS =
      List.of(
          "attn_logit_softcapping",
          "final_logit_softcapping",
          "query_pre_attn_scalar",
          "rope_local_base_freq",
          "rope_scaling",
          "clip_qkv");

  private static final List<String> FACTORS =
      List.of(
          "rotary_pct",
          "partial_rotary_factor",
          "logit_scale",
          "logits_scaling",
          "attention_multiplier",
          "residual_multiplier",
          "embedding_multiplier");

  private static final List<String> SWITCHES =
      List.of(
          "use_parallel_residual",
          "scale_attn_by_inverse_layer_idx",
          "reorder_and_upcast_attn",
          "alibi");

  private ForeignOptions() {}

  /**
   * Refuses what the family does not follow.
   *
   * @throws InvalidCheckpointException in one sentence that names the option
   */
  static void refuse(ConfigFile config, Family family) {
    Set<String> own = followed(family);
    NUMBERS_OR_OBJECTS.stream().filter(key -> !own.contains(key)).forEach(config::expectNone);
    FACTORS.stream().filter(key -> !own.contains(key)).forEach(key -> config.expect(key, 1));
    SWITCHES.stream().filter(key -> !own.contains(key)).forEach(key -> config.expect(key, false));
  }

  /** Those that the family's own config reads, or refuses by itself. */
  private static Set<String> followed(Family family) {
    return switch (family) {
      case LLAMA, MISTRAL, QWEN2, QWEN3 -> Set.of("rope_scaling", "partial_rotary_factor");
      case GEMMA, GEMMA2, GEMMA3 ->
          Set.of(
              "attn_logit_softcapping",
              "final_logit_softcapping",
              "query_pre_attn_scalar",
              "rope_local_base_freq",
              "rope_scaling",
              "partial_rotary_factor");
      case GPT2 -> Set.of("scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn");
      case GPT_NEOX ->
          Set.of("rope_scaling", "rotary_pct", "partial_rotary_factor", "use_parallel_residual");
    };
  }
}
