package io.layerwatch.runtime.testing;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;

/** Values at and beyond the edges of what a field may hold, by its type. */
final class ExtremeValues {

  private static final long[] WHOLE = {
    -1,
    0,
    1,
    2,
    511,
    512,
    513,
    1_000_000_000_000L,
    1_000_000_000_000_000L,
    1_000_000_000_000_001L,
    1L << 53,
    Long.MAX_VALUE / 2,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Integer.MAX_VALUE
  };
  private static final double[] REAL = {
    Double.NaN,
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MAX_VALUE,
    -Double.MAX_VALUE,
    Double.MIN_VALUE,
    0,
    -0.0,
    -1,
    1e40,
    -1e40,
    1.1e40,
    1e100,
    1.1e100,
    1e200
  };
  private static final String[] TEXTS = {
    "", " ", "\0", "a\nb", "@", "demo@r1", "é".repeat(256), "x".repeat(257), "y".repeat(20_000)
  };

  private final Random random;

  ExtremeValues(Random random) {
    this.random = random;
  }

  /** Makes one field of the record, or of a record in it, extreme. */
  void putInto(GenericRecord record) {
    List<Field> fields = record.getSchema().getFields();
    Field field = fields.get(random.nextInt(fields.size()));
    record.put(field.pos(), extreme(field.schema(), record.get(field.pos())));
  }

  private Object extreme(Schema schema, Object value) {
    return switch (schema.getType()) {
      case STRING -> TEXTS[random.nextInt(TEXTS.length)];
      case INT -> (int) whole(((Number) value).longValue());
      case LONG -> whole((Long) value);
      case DOUBLE -> real((Double) value);
      case BOOLEAN -> !(Boolean) value;
      case ENUM -> new GenericData.EnumSymbol(schema, pick(schema.getEnumSymbols()));
      case UNION -> union(schema, value);
      case ARRAY -> array(schema, (List<?>) value);
      case RECORD -> changed((GenericRecord) value);
      default -> value;
    };
  }

  private long whole(long value) {
    return switch (random.nextInt(4)) {
      case 0 -> value + 1;
      case 1 -> -value;
      default -> WHOLE[random.nextInt(WHOLE.length)];
    };
  }

  private double real(double value) {
    return switch (random.nextInt(4)) {
      case 0 -> Math.nextUp(value);
      case 1 -> -value;
      default -> REAL[random.nextInt(REAL.length)];
    };
  }

  private Object union(Schema schema, Object value) {
    Schema chosen = pick(schema.getTypes());
    return switch (chosen.getType()) {
      case NULL -> null;
      case DOUBLE -> real(value instanceof Double number ? number : 1);
      default -> value;
    };
  }

  private List<Object> array(Schema schema, List<?> value) {
    List<Object> items = new ArrayList<>(value);
    if (items.isEmpty()) {
      return items;
    }
    switch (random.nextInt(6)) {
      case 0 -> items.clear();
      case 1 -> Collections.reverse(items);
      case 2 -> items.add(items.get(random.nextInt(items.size())));
      case 3 -> items.addAll(Collections.nCopies(random.nextInt(500), items.get(0)));
      default -> {
        int at = random.nextInt(items.size());
        items.set(at, extreme(schema.getElementType(), items.get(at)));
      }
    }
    return items;
  }

  private GenericRecord changed(GenericRecord record) {
    putInto(record);
    return record;
  }

  private <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
