package io.layerwatch.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class GlyphsTest {

  @Test
  void aBarFillsItsShareInEighths() {
    assertThat(Glyphs.bar(0.5, 4)).isEqualTo("██  ");
    assertThat(Glyphs.bar(1, 2)).isEqualTo("██");
    assertThat(Glyphs.bar(0, 2)).isEqualTo("  ");
    assertThat(Glyphs.bar(1.0 / 8, 2)).isEqualTo("▎ ");
    assertThat(Glyphs.bar(7, 2)).isEqualTo("██");
  }

  @Test
  void aSteadyTrendIsFlatAndAChangeIsNot() {
    assertThat(Glyphs.trend(List.of(2.0, 2.0, 2.0), 4)).isEqualTo("▅▅▅ ");
    assertThat(Glyphs.trend(List.of(1.0, 1.0, 4.0), 3)).isEqualTo("▁▁█");
    assertThat(Glyphs.trend(List.of(9.0, 1.0, 1.0), 2)).hasSize(2);
    assertThat(Glyphs.trend(List.of(), 3)).isEqualTo("   ");
  }

  @Test
  void barsAreLinearWhereScoresAreOfOneSize() {
    BarScale scale = BarScale.of(1, 2, 4);
    assertThat(scale.logarithmic()).isFalse();
    assertThat(scale.share(OptionalDouble.of(2))).isEqualTo(0.5);
  }

  @Test
  void barsAreLogarithmicWhereOneScoreDwarfsAnother() {
    BarScale scale = BarScale.of(1, 10, 100);
    assertThat(scale.logarithmic()).isTrue();
    assertThat(scale.share(OptionalDouble.of(1))).isEqualTo(0.1);
    assertThat(scale.share(OptionalDouble.of(10))).isEqualTo(0.55);
    assertThat(scale.share(OptionalDouble.of(100))).isEqualTo(1);
  }

  @Test
  void aScoreThatIsNotThereHasNoBar() {
    assertThat(BarScale.of(1, 2).share(OptionalDouble.empty())).isZero();
    assertThat(BarScale.of().share(OptionalDouble.of(0))).isZero();
  }
}
