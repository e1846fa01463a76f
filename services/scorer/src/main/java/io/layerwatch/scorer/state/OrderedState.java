package io.layerwatch.scorer.state;

import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Entries in order of their keys: what windows, clocks and tracks are kept in. Live it is a store
 * of Kafka Streams, in a replay plain memory; the code above it is the same.
 *
 * <p>A value may be changed in place, and then is put again.
 */
public interface OrderedState<K, V> {

  Optional<V> get(K key);

  void put(K key, V value);

  void delete(K key);

  /** Visits all entries; none may be put or deleted meanwhile. */
  void forEach(BiConsumer<K, V> visitor);

  /** Visits the entries from that key, inclusive, to the other, exclusive; none may change. */
  void forEach(K from, K to, BiConsumer<K, V> visitor);
}
