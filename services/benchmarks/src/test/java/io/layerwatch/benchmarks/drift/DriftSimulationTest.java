package io.layerwatch.benchmarks.drift;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.drift.DriftCriteria;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import picocli.CommandLine;

class DriftSimulationTest {

  @Test
  void everyKindOfNoiseHasItsRows() {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new DriftSimulation())
            .setOut(new PrintWriter(out))
            .execute("--layers=1", "--months=1", "--shifts=5");
    assertThat(code).isZero();
    assertThat(out.toString().lines())
        .hasSize(2 + 20)
        .element(2)
        .asString()
        .matches("\\| 2 % \\| independent, normal \\| 0\\.00 \\| [6-8]\\.\\d \\(\\d\\) \\|.*");
  }

  @Test
  void whatIsSimulatedIsAtLeastOne() {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new DriftSimulation()).setErr(new PrintWriter(err)).execute("--months=0");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("--layers, --charts, --months and --shifts: expected 1 or more");
  }

  @ParameterizedTest
  @EnumSource(Noise.class)
  void noiseHasMeanZeroAndVarianceOne(Noise noise) {
    DoubleSupplier values = noise.of(new Random(1));
    double sum = 0;
    double squares = 0;
    int count = 200_000;
    for (int i = 0; i < count; i++) {
      double value = values.getAsDouble();
      sum += value;
      squares += value * value;
    }
    assertThat(sum / count).isCloseTo(0, within(0.05));
    assertThat(squares / count).isCloseTo(1, within(0.05));
  }

  /** The claim of the documentation, at a size that a test can afford. */
  @Test
  void aShiftByAFifthIsFoundWithinTenWindows() {
    SimulatedLayers layers =
        new SimulatedLayers(DriftCriteria.DEFAULT, Noise.INDEPENDENT, 0.05, new Random(2));
    for (double factor : List.of(1.2, 1 / 1.2)) {
      double mean =
          layers.delays(200, factor, 1_000).stream().mapToDouble(d -> d).average().orElseThrow();
      assertThat(mean).isBetween(6.0, 10.0);
    }
    assertThat(layers.falseAlarms(43_200)).isZero();
  }
}
