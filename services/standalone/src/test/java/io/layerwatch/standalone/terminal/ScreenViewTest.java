package io.layerwatch.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ScreenViewTest {

  @Test
  void aPictureAsTallAsTheScreenDoesNotScrollIt() {
    String full = ScreenView.picture(List.of("first", "last"), 2);
    assertThat(full).contains("first\r\n").contains("last").doesNotContain("last\r\n");
    assertThat(ScreenView.picture(List.of("first", "second", "third"), 2))
        .isEqualTo(ScreenView.picture(List.of("first", "second"), 2));
    assertThat(ScreenView.picture(List.of("first"), 2)).contains("first\r\n\u001b[J");
  }
}
