package io.layerwatch.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.apache.kafka.common.config.ConfigException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

  @ParameterizedTest
  @CsvSource({
    "250ms,PT0.25S",
    "5s,PT5S",
    "1m,PT1M",
    "2h,PT2H",
    "7d,PT168H",
    "PT5S,PT5S",
    "' 5s ',PT5S"
  })
  void durationsAsPeopleWriteThem(String text, Duration expected) {
    assertThat(Durations.parse(text)).contains(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0.0001S", "PT1.0005S", "0s", "-PT1S", "3651d"})
  void aSettingTakesWholeMillisecondsOnly(String text) {
    assertThatThrownBy(() -> Expect.positiveDuration().ensureValid("x", text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("x: expected a positive duration such as 5s, got \"" + text + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "s", "5 s", "-5s", "5sec", "1.5s", "9999999999999s", "soon"})
  void anythingElseIsNone(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }
}
