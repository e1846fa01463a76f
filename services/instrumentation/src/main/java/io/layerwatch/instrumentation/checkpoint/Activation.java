package io.layerwatch.instrumentation.checkpoint;

import java.util.Arrays;
import java.util.List;

/** The functions between the matrices of a feed-forward, by the names that config.json uses. */
public enum Activation {
  /** x · sigmoid(x). */
  SILU("silu", "swish"),
  /** x · Φ(x), with the normal distribution's Φ (arXiv 1606.08415). */
  GELU("gelu", "gelu_python"),
  /** The same with tanh in Φ's place: ½ · x · (1 + tanh(√(2/π) · (x + 0.044715 · x³))). */
  GELU_TANH("gelu_pytorch_tanh", "gelu_new", "gelu_fast"),
  /** max(0, x). */
  RELU("relu");

  @SuppressWarnings("ImmutableEnumChecker") // A List.of, which nobody can change.
  private final List<String> names;

  Activation(String... names) {
    this.names = List.of(names);
  }

  static Activation of(ConfigFile config, String key, Activation otherwise) {
    String given = config.text(key, otherwise.names.get(0));
    return Arrays.stream(values())
        .filter(activation -> activation.names.contains(given))
        .findFirst()
        .orElseThrow(
            () ->
                config.refused(
                    key,
                    "one of "
                        + String.join(
                            ", ",
                            Arrays.stream(values()).flatMap(a -> a.names.stream()).toList())));
  }
}
