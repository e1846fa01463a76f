package io.layerwatch.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.LambdaBlock;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import ai.djl.training.ParameterStore;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The probe in a DJL model that knows nothing of it. */
class BlockProbeTest {

  private static final int HIDDEN = 6;

  private final List<Observation> seen = new ArrayList<>();
  private final RecordedEvents events = new RecordedEvents();
  private final Probing probing =
      Probing.everything(
          new ActivationProbe(List.of(Site.BLOCK_CONTRIBUTION), new double[] {0.5}),
          seen::add,
          events);
  private NDManager manager;

  @BeforeEach
  void openManager() {
    manager = NDManager.newBaseManager("PyTorch");
  }

  @AfterEach
  void closeManager() {
    manager.close();
  }

  @Test
  void theLayersOfAnyModelAreObserved() {
    BlockProbe watched = new BlockProbe(probing);
    SequentialBlock model = new SequentialBlock();
    model.add(watched.watch(adds(1)));
    model.add(watched.watch(adds(0.25f)));
    model.add(watched.watch(adds(-2)));
    NDArray input = manager.ones(new Shape(2, 5, HIDDEN));
    NDArray output = forward(model, input);
    assertThat(output.getFloat(1, 4, 5)).isEqualTo(0.25f);
    assertThat(seen).hasSize(2);
    for (Observation observation : seen) {
      List<LayerStatistics> layers = observation.layersBySite().get(Site.BLOCK_CONTRIBUTION);
      assertThat(layers)
          .extracting(layer -> layer.moments().mean())
          .containsExactly(1.0, 0.25, -2.0);
      assertThat(layers).allMatch(layer -> layer.tokens() == 5 && layer.sequences() == 1);
      assertThat(layers.get(1).sparsity(0.5)).hasValue(1.0);
    }
  }

  @Test
  void oneTokenIsADecodedToken() {
    BlockProbe watched = new BlockProbe(probing);
    Block model = new SequentialBlock().add(watched.watch(adds(3)));
    forward(model, manager.ones(new Shape(1, 1, HIDDEN)));
    assertThat(events.observed).containsOnlyKeys(Phase.DECODE);
    assertThat(seen.get(0).layersBySite().get(Site.BLOCK_CONTRIBUTION).get(0).sequences()).isZero();
  }

  @Test
  void layersWithParametersTrainAndSaveAsBefore() throws Exception {
    Linear linear = Linear.builder().setUnits(HIDDEN).optBias(false).build();
    Block model = new SequentialBlock().add(new BlockProbe(probing).watch(linear));
    model.initialize(manager, DataType.FLOAT32, new Shape(1, 4, HIDDEN));
    NDArray input = manager.randomNormal(new Shape(1, 4, HIDDEN));
    NDArray expected = input.matMul(linear.getParameters().valueAt(0).getArray().transpose());
    NDArray actual = forward(model, input);
    assertThat(actual.sub(expected).abs().max().getFloat()).isCloseTo(0, within(1e-5f));
    assertThat(model.getParameters()).hasSize(1);
    try (Model named = Model.newInstance("named", "PyTorch")) {
      named.setBlock(model);
      assertThat(named.getBlock().getOutputShapes(new Shape[] {input.getShape()}))
          .containsExactly(new Shape(1, 4, HIDDEN));
    }
  }

  @Test
  void aModelOfAnotherShapeRunsUnobserved() {
    Block flat = new SequentialBlock().add(new BlockProbe(probing).watch(adds(1)));
    NDArray output = forward(flat, manager.ones(new Shape(4)));
    assertThat(output.getFloat(3)).isEqualTo(2);
    assertThat(seen).isEmpty();
    assertThat(probing.power().off()).contains(SkipReason.FAILED);
    assertThat(events.failed).hasSize(1);
  }

  private NDArray forward(Block block, NDArray input) {
    return block.forward(new ParameterStore(manager, false), new NDList(input), false).head();
  }

  private static Block adds(float what) {
    return LambdaBlock.singleton(x -> x.add(what));
  }
}
