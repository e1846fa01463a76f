package io.layerwatch.runtime.testing;

import io.confluent.kafka.serializers.KafkaAvroSerializer;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;

/**
 * Writes records as a release did: with its schema, in Confluent's wire format, registered under
 * the topic's subject, and without any of today's classes.
 */
public final class ReleasedRecords {

  private ReleasedRecords() {}

  /**
   * A record's bytes.
   *
   * @param registry the URL of the registry
   * @param topic with its prefix
   * @param schema the release's
   * @param fields by name, all that the schema knows of; nested records are maps
   */
  public static byte[] bytes(
      String registry, String topic, Schema schema, Map<String, Object> fields) {
    try (KafkaAvroSerializer serializer = new KafkaAvroSerializer()) {
      serializer.configure(
          Map.of("schema.registry.url", registry, "auto.register.schemas", true), false);
      return serializer.serialize(topic, record(schema, fields));
    }
  }

  private static GenericRecord record(Schema schema, Map<?, ?> fields) {
    GenericRecordBuilder builder = new GenericRecordBuilder(schema);
    fields.forEach(
        (name, value) -> {
          // Later releases know fields that earlier ones do not.
          Schema.Field field = schema.getField((String) name);
          if (field != null) {
            builder.set(field, value(field.schema(), value));
          }
        });
    return builder.build();
  }

  private static Object value(Schema schema, Object value) {
    return switch (schema.getType()) {
      case RECORD -> record(schema, (Map<?, ?>) value);
      case ARRAY ->
          ((List<?>) value).stream().map(item -> value(schema.getElementType(), item)).toList();
      case ENUM -> new GenericData.EnumSymbol(schema, value);
      default -> value;
    };
  }
}
