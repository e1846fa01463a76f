package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.testing.ReleasedSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.IndexedRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.util.RandomData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random records of one version, read by another: what both know comes through, and what only the
 * reader knows has its default.
 */
class SchemaEvolutionTest {

  private static final int RECORDS = 100;

  /** Every release with what is written today, in both directions. */
  static Stream<Arguments> pairs() {
    List<Arguments> pairs = new ArrayList<>();
    for (String version : ReleasedSchemas.versions()) {
      Map<String, Schema> released = ReleasedSchemas.of(version);
      for (Schema today : SchemaRulesTest.schemas()) {
        if (released.containsKey(today.getName())) {
          Schema old = released.get(today.getName());
          pairs.add(Arguments.of(today.getName(), version, "today", old, today));
          pairs.add(Arguments.of(today.getName(), "today", version, today, old));
        }
      }
    }
    return pairs.stream();
  }

  @ParameterizedTest(name = "{0}: {1} read by {2}")
  @MethodSource("pairs")
  void whatBothKnowComesThrough(String name, String from, String to, Schema writer, Schema reader)
      throws IOException {
    for (Object written : new RandomData(writer, RECORDS, 5)) {
      assertReads(written, readAs(reader, writer, written));
    }
  }

  private static void assertReads(Object written, Object read) {
    if (read instanceof IndexedRecord target) {
      IndexedRecord source = (IndexedRecord) written;
      for (Schema.Field field : target.getSchema().getFields()) {
        Schema.Field known = source.getSchema().getField(field.name());
        Object expected =
            known == null ? GenericData.get().getDefaultValue(field) : source.get(known.pos());
        assertReads(expected, target.get(field.pos()));
      }
    } else if (read instanceof List<?> items) {
      assertThat((List<?>) written).hasSameSizeAs(items);
      for (int i = 0; i < items.size(); i++) {
        assertReads(((List<?>) written).get(i), items.get(i));
      }
    } else {
      // An enum's symbol belongs to a schema, and texts come in two classes.
      assertThat(String.valueOf(read)).isEqualTo(String.valueOf(written));
    }
  }

  private static Object readAs(Schema reader, Schema writer, Object record) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<>(writer).write(record, encoder);
    encoder.flush();
    var decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
    return new GenericDatumReader<>(writer, reader).read(null, decoder);
  }
}
