package io.layerwatch.instrumentation.checkpoint;

/**
 * Rotary positions (arXiv 2104.09864) as a checkpoint has them.
 *
 * @param size elements of each head that turn, the first ones; even
 * @param theta base of the angles
 * @param scaling what becomes of their frequencies
 */
public record RotaryEmbedding(int size, double theta, RotaryScaling scaling) {}
