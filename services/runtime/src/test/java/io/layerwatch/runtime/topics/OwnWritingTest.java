package io.layerwatch.runtime.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.runtime.codec.AvroWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Serializer;
import org.junit.jupiter.api.Test;

/** When our own writer may stand in for Confluent's serializer. */
class OwnWritingTest {

  private final List<String> asked = new ArrayList<>();
  private boolean away;
  private String body = "%s";

  private final Serializer<String> confluent =
      (topic, value) -> {
        if (away) {
          throw new SerializationException("the registry is away");
        }
        asked.add(value);
        return bytes("#7" + body.formatted(value));
      };

  private final AvroWriter<String> own = (value, head) -> bytes("\0".repeat(head) + value);

  private final Serializer<String> writing = new OwnWriting<>(confluent, own, 2);

  @Test
  void confluentsSerializerIsAskedOnceWhereBothWriteTheSame() {
    assertThat(write("a")).isEqualTo("#7a");
    assertThat(write("b")).isEqualTo("#7b");
    assertThat(write("c")).isEqualTo("#7c");
    assertThat(asked).containsExactly("a");
  }

  @Test
  void confluentsSerializerGoesOnWhereItWritesSomethingElse() {
    body = "%s and a field of another version";
    assertThat(write("a")).isEqualTo("#7a and a field of another version");
    assertThat(write("b")).isEqualTo("#7b and a field of another version");
  }

  @Test
  void aRegistryThatIsAwayIsAskedAgain() {
    away = true;
    assertThatThrownBy(() -> write("a")).isInstanceOf(SerializationException.class);
    away = false;
    assertThat(write("b")).isEqualTo("#7b");
    assertThat(write("c")).isEqualTo("#7c");
    assertThat(asked).containsExactly("b");
  }

  @Test
  void nothingIsWrittenAsNothing() {
    assertThat(writing.serialize("t", null)).isNull();
    assertThat(asked).isEmpty();
  }

  private String write(String value) {
    return new String(writing.serialize("t", value), StandardCharsets.UTF_8);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
