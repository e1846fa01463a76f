package io.layerwatch.scorer;

import io.layerwatch.runtime.topics.InvalidRecordException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** State in a store of Kafka Streams, whose ranges include their end. */
record StoredState<K, V>(KeyValueStore<K, V> store) implements OrderedState<K, V> {

  @Override
  public Optional<V> get(K key) {
    return reading(() -> Optional.ofNullable(store.get(key)));
  }

  @Override
  public void put(K key, V value) {
    store.put(key, value);
  }

  @Override
  public void delete(K key) {
    store.delete(key);
  }

  @Override
  public void forEach(K from, K to, BiConsumer<K, V> visitor) {
    try (KeyValueIterator<K, V> range = store.range(from, to)) {
      while (range.hasNext()) {
        KeyValue<K, V> entry = reading(range::next);
        if (!entry.key.equals(to)) {
          visitor.accept(entry.key, entry.value);
        }
      }
    }
  }

  /** What cannot be decoded here is no fault of the record that is being processed. */
  private static <T> T reading(Supplier<T> read) {
    try {
      return read.get();
    } catch (InvalidRecordException e) {
      throw new IllegalStateException("the state cannot be read: " + e.getMessage(), e);
    }
  }
}
