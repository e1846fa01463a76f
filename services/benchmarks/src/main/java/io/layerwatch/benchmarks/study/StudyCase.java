package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.evaluation.LanguageModeling;
import java.util.List;

/**
 * What was found of one model on one kind of traffic.
 *
 * @param scoredTokens tokens that the scores are of; the measurements are of others
 * @param full the whole model on the measured tokens
 * @param damage rise of the negative log likelihood without each layer by itself, nats per token
 * @param removals of the share of all layers, by every way to choose them
 * @param untriedSets how many sets of that size there are, where they were too many to look for the
 *     best; 0 where all were measured
 */
record StudyCase(
    String model,
    String traffic,
    long scoredTokens,
    LanguageModeling full,
    List<Double> damage,
    List<Removal> removals,
    long untriedSets) {}
