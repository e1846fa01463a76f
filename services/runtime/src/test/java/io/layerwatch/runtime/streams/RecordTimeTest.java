package io.layerwatch.runtime.streams;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class RecordTimeTest {

  @Test
  void aTimestampIsNeitherMissingNorAhead() {
    long before = System.currentTimeMillis();
    assertThat(extract(1_000)).isEqualTo(1_000);
    assertThat(extract(-1)).isZero();
    assertThat(extract(Long.MAX_VALUE)).isBetween(before, System.currentTimeMillis());
  }

  private static long extract(long timestamp) {
    ConsumerRecord<Object, Object> record =
        new ConsumerRecord<>(
            "topic",
            0,
            0L,
            timestamp,
            TimestampType.CREATE_TIME,
            0,
            0,
            "key",
            "value",
            new RecordHeaders(),
            Optional.empty());
    return new RecordTime().extract(record, -1);
  }
}
