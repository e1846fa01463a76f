package io.layerwatch.scorer.state;

import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** State in memory, for as long as it is referred to. */
public final class MemoryState<K extends Comparable<K>, V> implements OrderedState<K, V> {

  private final NavigableMap<K, V> entries = new TreeMap<>();

  @Override
  public Optional<V> get(K key) {
    return Optional.ofNullable(entries.get(key));
  }

  @Override
  public void put(K key, V value) {
    entries.put(key, value);
  }

  @Override
  public void delete(K key) {
    entries.remove(key);
  }

  @Override
  public void forEach(BiConsumer<K, V> visitor) {
    entries.forEach(visitor);
  }

  @Override
  public void forEach(K from, K to, BiConsumer<K, V> visitor) {
    entries.subMap(from, true, to, false).forEach(visitor);
  }
}
