package io.layerwatch.analysis.score;

import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.OptionalDouble;

/**
 * One layer in one closed window.
 *
 * @param layer decoder block, 0-based
 * @param statistics merged over all instances
 * @param avss the score at the model's sparsity threshold
 * @param normalizedAvss AVSS ÷ its sum over all layers; empty unless every layer's is defined and
 *     one is more than 0
 */
public record LayerScore(
    int layer, LayerStatistics statistics, Avss avss, OptionalDouble normalizedAvss) {}
