package io.layerwatch.probe;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What a forward pass does: take a prompt in, or generate a token. */
public enum Phase {
  /** Many tokens of one sequence, whose pooled variance is counted. */
  PREFILL,
  /** One token; says nothing of a sequence. */
  DECODE;

  /** The name in settings and metrics. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names. */
  public static List<String> ids() {
    return Arrays.stream(values()).map(Phase::id).toList();
  }

  /** The phase of that name, which must be one. */
  public static Phase ofId(String id) {
    return valueOf(id.toUpperCase(Locale.ROOT));
  }
}
