package io.layerwatch.runtime.topics;

import java.util.Map;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.kafka.common.serialization.Serde;

/**
 * One topic. Keys are UTF-8 strings, {@code model@revision}.
 *
 * @param name with the prefix
 * @param serde of the values
 * @param schema of the values, registered as {@code <name>-value}; none for raw bytes
 * @param config how the topic is created
 * @param <V> the values
 */
public record Topic<V>(
    String name, Serde<V> serde, Optional<Schema> schema, Map<String, String> config) {

  public Topic {
    config = Map.copyOf(config);
  }

  /** The registry's subject of the values. */
  public String subject() {
    return name + "-value";
  }
}
