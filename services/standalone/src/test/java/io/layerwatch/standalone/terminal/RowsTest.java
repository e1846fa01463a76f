package io.layerwatch.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowsTest {

  @Test
  void wordsFillTheWidthAndTheFollowingRowsHang() {
    assertThat(Rows.wrap("one two three", 7, 0)).containsExactly("one two", "three");
    assertThat(Rows.wrap("one two three", 13, 0)).containsExactly("one two three");
    assertThat(Rows.wrap("  one two three", 9, 2)).containsExactly("  one two", "    three");
    assertThat(Rows.wrap("a longestword b", 5, 0)).containsExactly("a", "longestword", "b");
    assertThat(Rows.wrap("", 5, 0)).containsExactly("");
  }

  @Test
  void coloursTakeNoWidth() {
    String red = Palette.COLOUR.alert("red");
    assertThat(Rows.flow(List.of(red, red, "end"), 8)).containsExactly(red + "  " + red, "end");
    assertThat(Rows.cut(red, 3)).isEqualTo(red);
    assertThat(Rows.cut(red + " and more", 5)).isEqualTo(red + " …");
    assertThat(Rows.cut(red, 2)).isEqualTo(Palette.COLOUR.alert("r…"));
  }
}
