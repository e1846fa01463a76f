package io.layerwatch.instrumentation.train;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import io.layerwatch.instrumentation.model.Decoder;
import io.layerwatch.instrumentation.model.Decoder.Pass;
import io.layerwatch.instrumentation.model.LlamaDecoder;
import java.util.Optional;
import java.util.Random;

/**
 * Trains a decoder to predict the next byte of a text, by AdamW with clipped gradients.
 *
 * <p>One gradient collector lives for the whole run: DJL keeps a process-wide flag.
 */
final class Trainer implements AutoCloseable {

  private static final float CLIP_NORM = 1f;

  private final TrainingPlan plan;
  private final LlamaConfig config;
  private final byte[] text;
  private final Random random;
  private final NDManager manager;
  private final TrainableWeights weights;
  private final Optimizer optimizer;
  private final GradientCollector collector;
  private int step;

  Trainer(TrainingPlan plan, byte[] text) {
    this.plan = plan;
    this.config = plan.config();
    this.text = text;
    this.random = new Random(plan.seed());
    this.manager = NDManager.newBaseManager("PyTorch");
    this.weights = new TrainableWeights(config, manager, plan.seed());
    Tracker schedule =
        new Tracker() {
          @Override
          public float getNewValue(int update) {
            return (float) plan.learningRate(step);
          }
        };
    this.optimizer =
        Optimizer.adamW()
            .optLearningRateTracker(schedule)
            .optBeta2(0.95f)
            .optWeightDecays(0.01f)
            .build();
    this.collector = Engine.getEngine("PyTorch").newGradientCollector();
  }

  TrainableWeights weights() {
    return weights;
  }

  /** One optimiser step on a random batch; returns its loss in nats per byte. */
  double step() {
    try (NDManager scope = manager.newSubManager()) {
      JniUtils.setGradMode(true);
      NDArray loss = loss(scope, batch(scope));
      collector.backward(loss);
      double value = loss.getFloat();
      JniUtils.setGradMode(false);
      update();
      step++;
      return value;
    }
  }

  private NDArray loss(NDManager scope, Batch batch) {
    Decoder decoder = new LlamaDecoder(config, weights.forStep(scope), scope);
    boolean[] skipped = new boolean[config.layerCount()];
    for (int layer = 1; layer < skipped.length; layer++) {
      skipped[layer] = random.nextDouble() < plan.layerDrop();
    }
    Pass pass = decoder.forward(scope, batch.inputs(), Optional.empty(), layer -> skipped[layer]);
    NDArray logProbabilities =
        decoder.logits(scope, pass, 0).reshape(-1, config.vocabularySize()).logSoftmax(-1);
    return logProbabilities.gather(batch.targets(), 1).mean().neg();
  }

  /** Inputs [batch, context] and targets [batch · context, 1]. */
  private record Batch(NDArray inputs, NDArray targets) {}

  private Batch batch(NDManager scope) {
    int context = plan.context();
    long[] inputs = new long[plan.batch() * context];
    long[] targets = new long[inputs.length];
    for (int row = 0; row < plan.batch(); row++) {
      int start = random.nextInt(text.length - context);
      for (int i = 0; i < context; i++) {
        int at = row * context + i;
        // Every sequence starts with the mark that the tokenizer puts before a prompt.
        inputs[at] = i == 0 ? ByteTokenizer.START : text[start + i - 1] & 0xff;
        targets[at] = text[start + i] & 0xff;
      }
    }
    return new Batch(
        scope.create(inputs, new Shape(plan.batch(), context)),
        scope.create(targets, new Shape(targets.length, 1)));
  }

  private void update() {
    try (NDManager scope = manager.newSubManager()) {
      NDList gradients = new NDList();
      double square = 0;
      for (NDArray parameter : weights.parameters().values()) {
        NDArray gradient = parameter.getGradient();
        gradient.attach(scope);
        gradients.add(gradient);
        square += gradient.square().sum().getFloat();
      }
      float scale = (float) Math.min(1, CLIP_NORM / Math.sqrt(square));
      int i = 0;
      for (var parameter : weights.parameters().entrySet()) {
        NDArray gradient = gradients.get(i++);
        if (scale < 1) {
          gradient.muli(scale);
        }
        optimizer.update(parameter.getKey(), parameter.getValue(), gradient);
        gradient.muli(0);
      }
    }
  }

  @Override
  public void close() {
    collector.close();
    manager.close();
  }
}
