package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.Words;
import java.time.Instant;
import java.util.List;

/**
 * What a person says of a recommendation.
 *
 * @param model whose layers
 * @param layers that the recommendation names, 0-based, ascending: a review of others is of another
 *     recommendation
 * @param decision yes or no
 * @param reviewer who says so
 * @param comment why; may be empty
 * @param reviewedAt when
 */
public record PruningReview(
    ModelId model,
    List<Integer> layers,
    Decision decision,
    String reviewer,
    String comment,
    Instant reviewedAt) {

  public PruningReview {
    layers = List.copyOf(layers);
    // Both stand in terminals and in every later record of the recommendation.
    Words.require("reviewer", reviewer);
    if (!comment.isEmpty()) {
      Words.require("comment", comment);
    }
  }

  /** Yes or no. */
  public enum Decision {
    /** The verified layers are to be removed. */
    APPROVED,
    /** The layers are to stay; they are not proposed again while they score lowest. */
    DISCARDED
  }

  /** The same in words, such as {@code approved by ann (after the launch)}. */
  public String describe() {
    return (decision == Decision.APPROVED ? "approved " : "discarded ") + by();
  }

  /** Who says so, such as {@code by ann (after the launch)}. */
  public String by() {
    return "by " + reviewer + (comment.isEmpty() ? "" : " (" + comment + ")");
  }
}
