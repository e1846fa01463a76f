package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;

/**
 * The parameters of one decoder block.
 *
 * @param attentionNorm gain of the norm before attention, [hidden]
 * @param query [hidden, heads · headSize]
 * @param key [hidden, keyValueHeads · headSize]
 * @param value [hidden, keyValueHeads · headSize]
 * @param output [heads · headSize, hidden]
 * @param feedForwardNorm gain of the norm before the feed-forward, [hidden]
 * @param gate [hidden, intermediate]
 * @param up [hidden, intermediate]
 * @param down [intermediate, hidden]
 */
public record BlockWeights(
    NDArray attentionNorm,
    Kernel query,
    Kernel key,
    Kernel value,
    Kernel output,
    NDArray feedForwardNorm,
    Kernel gate,
    Kernel up,
    Kernel down) {}
