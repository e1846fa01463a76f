package io.layerwatch.runtime.topics;

import io.confluent.kafka.schemaregistry.ParsedSchema;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import io.confluent.kafka.serializers.KafkaAvroDeserializer;
import io.confluent.kafka.serializers.KafkaAvroSerializer;
import io.layerwatch.runtime.codec.AvroCodec;
import io.layerwatch.runtime.codec.AvroReader;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.avro.AvroRuntimeException;
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

  private static final byte MAGIC = 0;
  private static final int ID_AT = 1;
  private static final int AVRO_AT = 5;

  private final String name;
  private final AvroCodec<T, A> codec;
  private final SchemaRegistryClient client;
  private final KafkaAvroSerializer serializer;
  private final KafkaAvroDeserializer deserializer;
  // The client's own cache is slow enough to show, asked for every record.
  private final Map<Integer, Writer> writers = new ConcurrentHashMap<>();

  /** What a schema's id stands for. */
  private enum Writer {
    /** The schema that we write with. */
    OURS,
    /** Another version of it. */
    OTHER_VERSION
  }

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

  /** A writer of one thread. */
  @Override
  public Serializer<T> serializer() {
    Serializer<T> confluent =
        (topic, value) -> value == null ? null : serializer.serialize(name, codec.toAvro(value));
    // A state store's changelog holds the same values, under the same subject.
    return codec
        .writer()
        .<Serializer<T>>map(own -> new OwnWriting<>(confluent, own, AVRO_AT))
        .orElse(confluent);
  }

  /** A reader of one thread: it remembers what the records before had in common. */
  @Override
  public Deserializer<T> deserializer() {
    Reading reading = new Reading();
    return (topic, bytes) -> reading.read(bytes);
  }

  private record Written(int id, Writer by) {}

  /** One thread's. */
  private final class Reading {
    private final Optional<AvroReader<T>> ours = codec.reader();
    private Written last = new Written(-1, Writer.OTHER_VERSION);

    T read(byte[] bytes) {
      requireFrame(bytes);
      Written written = written(ByteBuffer.wrap(bytes).getInt(ID_AT));
      try {
        return ours.isPresent() && written.by() == Writer.OURS
            ? ours.get().read(bytes, AVRO_AT)
            : codec.fromAvro(record(bytes));
      } catch (AvroRuntimeException e) {
        throw new InvalidRecordException(Kind.UNDECODABLE, "undecodable: " + e.getMessage(), e);
      } catch (IllegalArgumentException | ArithmeticException | java.time.DateTimeException e) {
        throw new InvalidRecordException(Kind.IMPOSSIBLE, "impossible value: " + e.getMessage(), e);
      }
    }

    private Written written(int id) {
      if (id < 0 || id != last.id()) {
        last = new Written(id, writer(id));
      }
      return last;
    }
  }

  private static void requireFrame(byte[] bytes) {
    if (bytes == null || bytes.length == 0) {
      throw new InvalidRecordException(Kind.UNDECODABLE, "expected Avro, got an empty value");
    }
    if (bytes.length < AVRO_AT || bytes[0] != MAGIC) {
      throw new InvalidRecordException(
          Kind.UNDECODABLE, "undecodable: expected a zero byte and a schema's id");
    }
  }

  private A record(byte[] bytes) {
    try {
      return codec.avroClass().cast(deserializer.deserialize(name, bytes, codec.schema()));
    } catch (RuntimeException e) {
      if (isOutage(e)) {
        throw unanswered(e);
      }
      throw new InvalidRecordException(Kind.UNDECODABLE, "undecodable: " + rootMessage(e), e);
    }
  }

  /**
   * Who wrote with that id. A record of another type is refused: Avro would read it with the
   * defaults of every field that it lacks.
   */
  private Writer writer(int id) {
    Writer known = writers.get(id);
    if (known != null) {
      return known;
    }
    Optional<ParsedSchema> written = id < 0 ? Optional.empty() : schema(id);
    if (written.isEmpty()) {
      throw new InvalidRecordException(
          Kind.UNKNOWN_SCHEMA, "schema: expected one that is registered, got id " + id);
    }
    if (!codec.schema().getFullName().equals(written.get().name())) {
      throw foreign(written.get().name());
    }
    Writer writer =
        codec.schema().equals(written.get().rawSchema()) ? Writer.OURS : Writer.OTHER_VERSION;
    writers.put(id, writer);
    return writer;
  }

  /** The schema with that id; empty when the registry says that it has none. */
  private Optional<ParsedSchema> schema(int id) {
    try {
      return Optional.of(client.getSchemaBySubjectAndId(name + "-value", id));
    } catch (RestClientException answer) {
      // A proxy's 404 has no code of the registry's, and says nothing about the schema.
      if (answer.getStatus() == 404 && answer.getErrorCode() / 100 == 404) {
        return Optional.empty();
      }
      throw unanswered(answer);
    } catch (IOException | RuntimeException e) {
      throw isNoAvro(e) ? foreign("a schema that is no Avro") : unanswered(e);
    }
  }

  /** The client's words, in exceptions of several classes, for an answer that it cannot parse. */
  private static boolean isNoAvro(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).startsWith("Invalid schema")) {
        return true;
      }
    }
    return false;
  }

  private InvalidRecordException foreign(String written) {
    return new InvalidRecordException(
        Kind.FOREIGN_SCHEMA,
        "schema: expected " + codec.schema().getFullName() + ", got " + written);
  }

  private static SerializationException unanswered(Exception e) {
    return new SerializationException("the schema registry does not answer", e);
  }

  /** The registry could not be asked, or failed: the record may be good. */
  private static boolean isOutage(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      // The registry has told of this id before; whatever it answers now, the record may be good.
      if (cause instanceof RestClientException
          || cause instanceof java.net.SocketException
          || cause instanceof java.net.SocketTimeoutException
          || cause instanceof java.net.UnknownHostException
          || cause instanceof javax.net.ssl.SSLException
          || cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        return true;
      }
    }
    return false;
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
