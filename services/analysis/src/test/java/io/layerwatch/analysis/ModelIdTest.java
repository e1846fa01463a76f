package io.layerwatch.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ModelIdTest {

  @Test
  void aNameMayContainAnAtSign() {
    ModelId model = ModelId.parse("team@lab/model@r1");

    assertThat(model).isEqualTo(new ModelId("team@lab/model", "r1"));
    assertThat(model.key()).isEqualTo("team@lab/model@r1");
  }

  @Test
  void whatIsNoModelIsRefused() {
    assertThatThrownBy(() -> ModelId.parse("model"))
        .hasMessage("model: expected name@revision, got \"model\"");
    assertThatThrownBy(() -> ModelId.parse("model@"))
        .hasMessageStartingWith("revision: expected a non-empty text");
    assertThatThrownBy(() -> new ModelId("a", "b@c"))
        .hasMessage("revision: expected a text without '@', got \"b@c\"");
    assertThatThrownBy(() -> new ModelId("a\0b", "c"))
        .hasMessageStartingWith("name: expected a non-empty text without control characters");
  }
}
