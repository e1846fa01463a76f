package io.layerwatch.analysis.drift;

import io.layerwatch.analysis.ModelId;
import java.time.Instant;

/**
 * A layer's score left its baseline, or came back.
 *
 * @param model whose layer
 * @param site id of the site
 * @param layer decoder block, 0-based
 * @param score id of the score, or {@link #NON_FINITE}
 * @param raised whether drift began; else it ended
 * @param windowEnd of the window that decided it
 * @param value the score in that window, or the baseline where drift ends because the score is no
 *     longer looked at as before; of {@link #NON_FINITE}, how many activations
 * @param baseline the score's baseline
 * @param statistic deviation of the value from the baseline, ln(value ÷ baseline)
 * @param threshold deviation beyond which a window counts as one of drift, else as one of return
 * @param reason the same in words
 */
public record LayerDrift(
    ModelId model,
    String site,
    int layer,
    String score,
    boolean raised,
    Instant windowEnd,
    double value,
    double baseline,
    double statistic,
    double threshold,
    String reason) {

  /** The score of activations that are NaN or infinite. */
  public static final String NON_FINITE = "non-finite";
}
