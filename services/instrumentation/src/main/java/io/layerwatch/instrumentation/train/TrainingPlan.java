package io.layerwatch.instrumentation.train;

import io.layerwatch.instrumentation.checkpoint.Activation;
import io.layerwatch.instrumentation.checkpoint.Heads;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import io.layerwatch.instrumentation.checkpoint.RotaryEmbedding;
import io.layerwatch.instrumentation.checkpoint.RotaryScaling;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;

/**
 * What to train and how.
 *
 * @param layers decoder blocks
 * @param hidden width of the residual stream
 * @param heads query heads; half as many key-value heads
 * @param context tokens of a training sequence, and the model's context
 * @param batch sequences a step
 * @param steps optimiser steps
 * @param learningRate peak of the schedule: linear warm-up, cosine decay to a tenth
 * @param layerDrop probability that a step skips a block, the first one excepted (LayerDrop, arXiv
 *     1909.11556): it gives a small model the redundancy over depth that large ones have
 * @param seed of the weights, the batches and the skipped blocks
 */
record TrainingPlan(
    int layers,
    int hidden,
    int heads,
    int context,
    int batch,
    int steps,
    double learningRate,
    double layerDrop,
    long seed) {

  TrainingPlan {
    require(layers > 0, "--layers: expected 1 or more, got " + layers);
    require(
        heads == 1 || (heads > 0 && heads % 2 == 0),
        "--heads: expected 1 or an even number, got " + heads);
    require(
        hidden > 0 && hidden % (2 * heads) == 0,
        "--hidden: expected a multiple of twice the heads, " + 2 * heads + ", got " + hidden);
    require(context > 0, "--context: expected 1 or more, got " + context);
    require(batch > 0, "--batch: expected 1 or more, got " + batch);
    require(steps > 0, "--steps: expected 1 or more, got " + steps);
    require(learningRate > 0, "--learning-rate: expected more than 0, got " + learningRate);
    require(
        layerDrop >= 0 && layerDrop < 1,
        "--layer-drop: expected a number from 0 to below 1, got " + layerDrop);
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  /** The model that the plan trains. */
  LlamaConfig config() {
    int intermediate = (hidden * 8 / 3 + 7) / 8 * 8;
    return new LlamaConfig(
        hidden,
        intermediate,
        layers,
        new Heads(heads, Math.max(1, heads / 2), hidden / heads),
        LlamaConfig.Biases.NONE,
        false,
        Collections.nCopies(layers, OptionalInt.empty()),
        Activation.SILU,
        ByteTokenizer.SIZE,
        context,
        1e-5,
        new RotaryEmbedding(hidden / heads, 10_000, new RotaryScaling.None()),
        true,
        List.of(ByteTokenizer.END));
  }

  /** The learning rate of a step, counted from 0. */
  double learningRate(int step) {
    int warmup = Math.min(200, steps / 10 + 1);
    if (step < warmup) {
      return learningRate * (step + 1) / warmup;
    }
    double progress = (double) (step - warmup) / Math.max(1, steps - warmup);
    return learningRate * (0.1 + 0.9 * 0.5 * (1 + Math.cos(Math.PI * progress)));
  }
}
