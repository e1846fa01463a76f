package io.layerwatch.instrumentation.train;

import picocli.CommandLine.Option;

/** The training plan, as command line options; the defaults are the demo model's. */
final class PlanOptions {

  @Option(names = "--layers", defaultValue = "12", description = "Blocks: ${DEFAULT-VALUE}.")
  private int layers;

  @Option(names = "--hidden", defaultValue = "128", description = "Width: ${DEFAULT-VALUE}.")
  private int hidden;

  @Option(names = "--heads", defaultValue = "4", description = "Query heads: ${DEFAULT-VALUE}.")
  private int heads;

  @Option(
      names = "--context",
      defaultValue = "256",
      description = "Bytes of a training sequence: ${DEFAULT-VALUE}.")
  private int context;

  @Option(names = "--batch", defaultValue = "8", description = "Sequences: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(names = "--steps", defaultValue = "6000", description = "Steps: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--learning-rate",
      defaultValue = "0.001",
      description = "Peak learning rate: ${DEFAULT-VALUE}.")
  private double learningRate;

  @Option(
      names = "--layer-drop",
      defaultValue = "0.2",
      description = "Probability that a step skips a block: ${DEFAULT-VALUE}.")
  private double layerDrop;

  @Option(names = "--seed", defaultValue = "1", description = "Seed: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(names = "--threads", defaultValue = "1", description = "Threads: ${DEFAULT-VALUE}.")
  private int threads;

  TrainingPlan plan() {
    return new TrainingPlan(
        layers, hidden, heads, context, batch, steps, learningRate, layerDrop, seed);
  }

  int threads() {
    return threads;
  }
}
