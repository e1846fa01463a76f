package io.layerwatch.runtime.topics;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.layerwatch.runtime.codec.AvroCodec;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.specific.SpecificRecord;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serializer;

/**
 * Values in Confluent's wire format, by its own serializers: a zero byte, the schema's id, Avro.
 *
 * <p>Reading throws {@link InvalidRecordException} for a record that is no good. A registry that
 * does not answer is something else: a plain {@link SerializationException}.
 */
final class RegistrySerde<T, A extends SpecificRecord> implements Serde<T> {

  private static final int ID_AT = 1;
  private static final int AVRO_AT = 5;
  private static final int NOT_FOUND = 404;

  private final String name;
  private final AvroCodec<T, A> codec;
  private final SchemaRegistryClient client;
  private final KafkaAvroSerializer serializer;
  private final KafkaAvroDeserializer deserializer;
  // The client's own cache is slow enough to show, asked for every record.
  private final Set<Integer> ownIds = ConcurrentHashMap.newKeySet();

  RegistrySerde(
      String name, AvroCodec<T, A> codec, SchemaRegistryClient client, Map<String, Object> config) {
    this.name = name;
    this.codec = codec;
    this.client = client;
    this.serializer = new KafkaAvroSerializer(client, config);
    this.deserializer = new KafkaAvroDeserializer(client, config);
    serializer.configure(config, false);
    deserializer.configure(config, false);
  }

  @Override
  public Serializer<T> serializer() {
    // A state store's changelog holds the same values, under the same subject.
    return (topic, value) -> value == null ? null : serializer.serialize(name, codec.toAvro(value));
  }

  @Override
  public Deserializer<T> deserializer() {
    return this::read;
  }

  private T read(String topic, byte[] bytes) {
    if (bytes == null || bytes.length == 0) {
      throw new InvalidRecordException(Kind.UNDECODABLE, "expected Avro, got an empty value");
    }
    A record;
    try {
      refuseForeign(bytes);
    } catch (RestClientException e) {
      throw undecodable(e);
    }
    try {
      record = codec.avroClass().cast(deserializer.deserialize(name, bytes, codec.schema()));
    } catch (RuntimeException e) {
      throw undecodable(e);
    }
    try {
      return codec.fromAvro(record);
    } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
      throw new InvalidRecordException(Kind.IMPOSSIBLE, "impossible value: " + e.getMessage(), e);
    }
  }

  /**
   * Refuses a record of another type. Avro would read it with the defaults of every field that it
   * lacks.
   */
  private void refuseForeign(byte[] bytes) throws RestClientException {
    if (bytes.length < AVRO_AT) {
      return;
    }
    int id = ByteBuffer.wrap(bytes).getInt(ID_AT);
    if (ownIds.contains(id)) {
      return;
    }
    String written = schemaOf(id).name();
    if (!codec.schema().getFullName().equals(written)) {
      throw new InvalidRecordException(
          Kind.UNDECODABLE, "expected " + codec.schema().getFullName() + ", got " + written);
    }
    ownIds.add(id);
  }

  /**
   * Asks the registry, unless it was asked before. Only its own word that it knows no such schema
   * is held against the record; whatever else goes wrong, the record may be good.
   */
  private ParsedSchema schemaOf(int id) throws RestClientException {
    try {
      return client.getSchemaBySubjectAndId(name + "-value", id);
    } catch (RestClientException answer) {
      if (answer.getStatus() == NOT_FOUND) {
        throw answer;
      }
      throw new SerializationException("the schema registry does not answer as it should", answer);
    } catch (IOException e) {
      throw new SerializationException("the schema registry does not answer", e);
    }
  }

  private static InvalidRecordException undecodable(Exception fault) {
    return new InvalidRecordException(
        Kind.UNDECODABLE, "undecodable: " + rootMessage(fault), fault);
  }

  private static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root instanceof SerializationException ? root.getMessage() : root.toString();
    return message == null
        ? root.getClass().getSimpleName()
        : message.lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    serializer.close();
    deserializer.close();
  }
}
