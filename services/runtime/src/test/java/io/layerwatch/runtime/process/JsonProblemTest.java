package io.layerwatch.runtime.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonProblemTest {

  @Test
  void itSaysWhatIsWrongAndWhere() {
    assertThat(JsonProblem.of(thrown("{\n  \"layers\": nine}")))
        .startsWith("Unrecognized token 'nine'")
        .endsWith(" at line 2, column 13");
    assertThat(JsonProblem.inLine(thrown("{\"text\": oh}")))
        .startsWith("Unrecognized token 'oh'")
        .endsWith(" at column 10");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{", "[1, ", "{\"a\": \"b", "{\"a\" 1}", "]", "\"", "nul"})
  void theParserDoesNotSpeakOfItself(String broken) {
    assertThat(JsonProblem.of(thrown(broken)))
        .doesNotContain("Source", "REDACTED", "StreamReadFeature", "[]", "()");
  }

  @Test
  void whatCannotBeReadIsNoProblemOfJson() {
    assertThat(JsonProblem.of(new IOException("disk is gone"))).isEqualTo("disk is gone");
  }

  private static JsonProcessingException thrown(String text) {
    return catchThrowableOfType(
        JsonProcessingException.class, () -> new ObjectMapper().readTree(text));
  }
}
