package io.layerwatch.benchmarks.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Results as JSON, beside the machine that measured them. */
public final class Json {

  private Json() {}

  public static void write(Path file, Map<String, ?> results) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("machine", Machine.describe());
    all.putAll(results);
    try {
      new ObjectMapper()
          .enable(
              SerializationFeature.INDENT_OUTPUT, SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .writeValue(file.toFile(), all);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written", e);
    }
  }
}
