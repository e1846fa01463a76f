package io.layerwatch.runtime.streams;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's timestamp, held between the epoch and now. What the services call event time is in the
 * values; a timestamp only travels on into changelogs, and one that is missing or ahead must not
 * stop the stream: Kafka Streams refuses the first, brokers the second.
 */
public final class RecordTime implements TimestampExtractor {

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return Math.max(0, Math.min(record.timestamp(), System.currentTimeMillis()));
  }
}
