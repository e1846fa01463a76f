package io.layerwatch.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.metrics.KafkaFamily.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KafkaFamilyTest {

  static Stream<KafkaFamily> families() {
    return KafkaFamily.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("families")
  void namesFollowTheConventions(KafkaFamily family) {
    assertThat(family.name()).matches("layerwatch_kafka_(streams|consumer|producer)(_[a-z]+)+");
    if (family.kind() == Kind.COUNTER) {
      assertThat(family.name()).endsWith("_total");
    } else {
      assertThat(family.name()).matches(".*_(threads|records|bytes|seconds|ratio)");
    }
    assertThat(family.help()).matches("[A-Z].*[^.]\\.");
  }

  @ParameterizedTest
  @MethodSource("families")
  void theReadmeNamesEach(KafkaFamily family) throws IOException {
    String labels = family.byTopic() ? "service, topic" : "service";
    assertThat(Files.readString(Path.of("README.md")))
        .contains("| `" + family.name() + "` | " + labels + " | ");
  }

  @Test
  void noneIsThereTwice() {
    assertThat(families().map(KafkaFamily::name)).doesNotHaveDuplicates();
  }
}
