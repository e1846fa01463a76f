package io.layerwatch.instrumentation;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.layerwatch.analysis.Site;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.Phase;
import io.layerwatch.probe.ProbeEvents;
import io.layerwatch.probe.ProbeSampler;
import io.layerwatch.probe.ProbeSwitch;
import io.layerwatch.probe.Probing;
import io.layerwatch.probe.SamplingPlan;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.testing.Metrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * That open arrays are counted, wherever below the model they are, and that serving leaves none.
 */
class ModelMetricsTest {

  private static final int[] PROMPT = {256, 72, 101, 108, 108, 111};

  private final PrometheusRegistry registry = new PrometheusRegistry();

  private LanguageModel model;

  @BeforeEach
  void load(@TempDir Path directory) throws IOException {
    TorchThreads.inferenceOnly();
    Path checkpoint = new TinyCheckpoint(3, true).write(directory, TensorType.F32);
    model = LanguageModel.load(LanguageModel.Source.of(checkpoint));
    ModelMetrics.register(registry, model);
  }

  @AfterEach
  void close() {
    model.close();
    assertThat(arrays()).isZero();
  }

  @Test
  void completionsLeaveAsManyArraysOpenAsTheyFound() {
    double before = arrays();
    // Every weight is one, and tables of positions may be more.
    assertThat(before).isGreaterThanOrEqualTo(new TinyCheckpoint(3, true).tensors().size());
    TextGenerator generator = new TextGenerator(model);
    for (int limit : new int[] {0, 1, 20, 40}) {
      generator.complete(PROMPT, limit, Sampling.GREEDY, everything());
      assertThat(arrays()).isEqualTo(before);
    }
  }

  @Test
  void aScopeThatIsKeptOpenIsSeenHoweverDeepItIs() {
    double before = arrays();
    NDManager scope = model.newScope();
    NDManager inner = scope.newSubManager();
    scope.zeros(new Shape(2));
    inner.zeros(new Shape(2)).add(1);
    assertThat(arrays()).isEqualTo(before + 3);
    inner.close();
    assertThat(arrays()).isEqualTo(before + 1);
    scope.close();
    assertThat(arrays()).isEqualTo(before);
  }

  private static SequenceProbe everything() {
    SamplingPlan plan =
        new SamplingPlan(1, 1, OptionalDouble.empty(), 1, 0, EnumSet.allOf(Phase.class));
    return new Probing(
            new ActivationProbe(List.of(Site.values()), new double[] {1e-3}),
            new ProbeSampler(plan, () -> 0, Clock.systemUTC()),
            new ProbeSwitch(true),
            observation -> {},
            ProbeEvents.NONE)
        .newSequence();
  }

  private double arrays() {
    return Metrics.value(registry, "layerwatch_model_arrays");
  }
}
