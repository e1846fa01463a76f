package io.layerwatch.scorer;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/** State in a store of Kafka Streams, whose ranges include their end. */
record StoredState<K, V>(KeyValueStore<K, V> store) implements OrderedState<K, V> {

  @Override
  public Optional<V> get(K key) {
    return Optional.ofNullable(store.get(key));
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
        KeyValue<K, V> entry = range.next();
        if (!entry.key.equals(to)) {
          visitor.accept(entry.key, entry.value);
        }
      }
    }
  }
}
