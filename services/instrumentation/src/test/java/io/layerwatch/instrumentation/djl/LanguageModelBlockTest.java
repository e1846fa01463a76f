package io.layerwatch.instrumentation.djl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.Observation;
import io.layerwatch.probe.ProbeEvents;
import io.layerwatch.probe.Probing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The demo model as an application loads it that knows DJL alone. */
class LanguageModelBlockTest {

  private static final Path MODEL = Path.of("../standalone/demo/shakespeare-12l");
  private static final int[] TOKENS = {256, 84, 111, 32, 98, 101, 32, 111};

  private final List<Observation> seen = new ArrayList<>();
  private final Probing probing =
      Probing.everything(
          new ActivationProbe(List.of(Site.BLOCK_OUTPUT), new double[] {0.1}),
          seen::add,
          ProbeEvents.NONE);

  @Test
  void aCheckpointIsLoadedByCriteriaAndObserved() throws Exception {
    try (ZooModel<NDList, NDList> model = criteria(Optional.of(probing)).loadModel();
        Predictor<NDList, NDList> predictor = model.newPredictor();
        NDManager manager = model.getNDManager().newSubManager()) {
      NDArray tokens = manager.create(TOKENS, new Shape(2, 4));
      NDArray logits = predictor.predict(new NDList(tokens)).singletonOrThrow();
      assertThat(logits.getShape()).isEqualTo(new Shape(2, 4, 258));
      assertThat(logits.sub(expected(tokens)).abs().max().getFloat()).isCloseTo(0, within(1e-5f));
    }
    assertThat(seen).hasSize(2);
    for (Observation observation : seen) {
      List<LayerStatistics> layers = observation.layersBySite().get(Site.BLOCK_OUTPUT);
      assertThat(layers).hasSize(12).allMatch(layer -> layer.tokens() == 4);
    }
  }

  @Test
  void withoutAProbeNothingIsObserved() throws Exception {
    try (ZooModel<NDList, NDList> model = criteria(Optional.empty()).loadModel();
        Predictor<NDList, NDList> predictor = model.newPredictor()) {
      NDArray tokens = model.getNDManager().create(TOKENS, new Shape(1, 8));
      assertThat(predictor.predict(new NDList(tokens)).singletonOrThrow().getShape())
          .isEqualTo(new Shape(1, 8, 258));
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void aProbeThatIsNoneIsRefused() {
    assertThatThrownBy(() -> criteria(Optional.of("full")).loadModel())
        .hasStackTraceContaining("probing: expected a io.layerwatch.probe.Probing, got java.lang");
  }

  private static Criteria<NDList, NDList> criteria(Optional<Object> probing) {
    var criteria =
        Criteria.builder()
            .setTypes(NDList.class, NDList.class)
            .optEngine("PyTorch")
            .optModelPath(MODEL)
            .optArgument("blockFactory", LanguageModelBlockFactory.class.getName())
            .optOption("hasParameter", "false");
    probing.ifPresent(given -> criteria.optArgument("probing", given));
    return criteria.build();
  }

  private static NDArray expected(NDArray tokens) {
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(MODEL))) {
      NDManager scope = tokens.getManager();
      var pass = model.decoder().forward(scope, tokens, Optional.empty());
      return model.decoder().logits(scope, pass, 0);
    }
  }
}
