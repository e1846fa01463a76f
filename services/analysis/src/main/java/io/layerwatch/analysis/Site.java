package io.layerwatch.analysis;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Where in a decoder block activations are read. */
public enum Site {
  /** The residual stream after the block: what the code of arXiv 2411.02117 hooks. */
  BLOCK_OUTPUT,
  /** Block output less block input: what the block adds to the residual stream. */
  BLOCK_CONTRIBUTION,
  /**
   * Block contribution divided, per token, by the root mean square of the block input: free of the
   * growth of the residual stream over depth. A token whose input is all zero has no relative
   * contribution; its activations count as non-finite.
   */
  RELATIVE_CONTRIBUTION;

  /** The name in settings and on the wire, such as {@code block-output}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The site of that {@link #id()}, if there is one. */
  public static Optional<Site> ofId(String id) {
    return Arrays.stream(values()).filter(site -> site.id().equals(id)).findFirst();
  }

  /** All ids, for messages: {@code block-output, block-contribution, relative-contribution}. */
  public static String ids() {
    return Arrays.stream(values()).map(Site::id).collect(Collectors.joining(", "));
  }
}
