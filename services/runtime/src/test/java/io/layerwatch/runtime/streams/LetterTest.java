package io.layerwatch.runtime.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.junit.jupiter.api.Test;

class LetterTest {

  private static final byte[] KEY = {'k', (byte) 0xff};

  @Test
  void aRecordStaysAsItCameAndSaysWhyItIsHere() {
    Headers own = new RecordHeaders().add("trace", new byte[] {1});
    Record<byte[], byte[]> record = letter(KEY, new byte[] {1, 2}, own, "a reason").record(99);

    assertThat(record.key()).isEqualTo(KEY);
    assertThat(record.value()).isEqualTo(new byte[] {1, 2});
    assertThat(record.timestamp()).isEqualTo(99);
    assertThat(record.headers().lastHeader("trace").value()).containsExactly(1);
    assertThat(texts(record))
        .containsEntry("layerwatch.reason", "a reason")
        .containsEntry("layerwatch.kind", "impossible")
        .containsEntry("layerwatch.origin.topic", "summaries")
        .containsEntry("layerwatch.origin.partition", "3")
        .containsEntry("layerwatch.origin.offset", "17")
        .containsEntry("layerwatch.origin.timestamp", "5");
  }

  @Test
  void aReasonIsAtMostAThousandCharacters() {
    String reason = text(letter(KEY, KEY, none(), "x".repeat(100_000)), "reason");

    assertThat(reason).hasSize(1_000).endsWith("x…");
  }

  @Test
  void aLetterThatComesBackTellsOfTheLastTimeAlone() {
    Record<byte[], byte[]> first = letter(KEY, KEY, none(), "first").record(1);
    Record<byte[], byte[]> second = letter(KEY, KEY, first.headers(), "second").record(2);

    assertThat(second.headers().headers("layerwatch.reason")).hasSize(1);
    assertThat(texts(second)).containsEntry("layerwatch.reason", "second");
  }

  @Test
  void whatDoesNotFitIsCutAndSaysHowLargeItWas() {
    byte[] value = new byte[50_000];
    new Random(1).nextBytes(value);
    Letter whole = letter(KEY, value, none(), "a reason");
    Letter cut = whole.cutTo(10_000, "oversize");

    assertThat(cut.size()).isEqualTo(10_000);
    assertThat(cut.value()).isEqualTo(Arrays.copyOf(value, cut.value().length)).isNotEmpty();
    assertThat(cut.key()).isEqualTo(KEY);
    assertThat(text(cut, "truncated.from")).isEqualTo("50000");
    assertThat(text(cut, "kind")).isEqualTo("oversize");
    assertThat(text(cut, "reason")).isEqualTo("a reason");
    assertThat(cut.own().lastHeader("layerwatch.truncated.without")).isNull();
  }

  @Test
  void aKeyOrHeadersThatDoNotFitAreLeftOut() {
    Headers huge = new RecordHeaders().add("h", new byte[20_000]);
    for (Letter whole :
        new Letter[] {
          letter(KEY, new byte[100], huge, "r"), letter(new byte[20_000], null, none(), "r")
        }) {
      Letter cut = whole.cutTo(10_000, "oversize");

      assertThat(cut.size()).isLessThanOrEqualTo(10_000);
      assertThat(cut.key()).isNull();
      assertThat(cut.value()).isEqualTo(whole.value());
      assertThat(cut.original()).isEmpty();
      assertThat(text(cut, "truncated.without")).isEqualTo("key, headers");
    }
  }

  private static String text(Letter letter, String header) {
    return new String(
        letter.own().lastHeader("layerwatch." + header).value(), StandardCharsets.UTF_8);
  }

  private static Headers none() {
    return new RecordHeaders();
  }

  private static Letter letter(byte[] key, byte[] value, Headers headers, String reason) {
    return Letter.of(
        new Record<>(key, value, 5, headers), new Origin("summaries", 3, 17), reason, "impossible");
  }

  private static Map<String, String> texts(Record<?, ?> record) {
    Map<String, String> texts = new TreeMap<>();
    record
        .headers()
        .forEach(h -> texts.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
    return texts;
  }

  private record Origin(String topic, int partition, long offset) implements RecordMetadata {}
}
