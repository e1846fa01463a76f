package io.layerwatch.scorer.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.internals.CacheFlushListener;
import org.apache.kafka.streams.state.internals.CachedStateStore;

/**
 * A store of Kafka Streams whose values are objects between commits: reading and changing one costs
 * neither a copy nor bytes. What changed is written when the task commits, once for each key, into
 * a key-value store with a changelog, and so is part of the commit's transaction.
 *
 * <p>Kafka Streams tells a store of its kind that a commit begins through {@link CachedStateStore},
 * the interface of its own caches.
 *
 * @param <K> key
 * @param <V> value, which may be changed in place and then is put again
 */
public final class LiveStore<K extends Comparable<K>, V>
    implements StateStore, CachedStateStore<K, V>, OrderedState<K, V> {

  private final KeyValueStore<K, V> written;
  private final Map<K, Entry<K, V>> entries = new HashMap<>();
  private final NavigableMap<K, Entry<K, V>> inOrder = new TreeMap<>();
  private final List<Entry<K, V>> changed = new ArrayList<>();
  private boolean loaded;

  private LiveStore(KeyValueStore<K, V> written) {
    this.written = written;
  }

  /** One key's value; null once it was deleted. */
  private static final class Entry<K, V> {
    private final K key;
    private V value;
    private boolean changed;

    Entry(K key, V value) {
      this.key = key;
      this.value = value;
    }
  }

  /** Builds live stores over what that builder builds, which keeps the changelog. */
  public static <K extends Comparable<K>, V> StoreBuilder<LiveStore<K, V>> over(
      StoreBuilder<KeyValueStore<K, V>> written) {
    return new Builder<>(written);
  }

  /** The store under it, which is as it was at the last commit. */
  public KeyValueStore<K, V> written() {
    return written;
  }

  @Override
  public Optional<V> get(K key) {
    load();
    Entry<K, V> entry = entries.get(key);
    return entry == null ? Optional.empty() : Optional.of(entry.value);
  }

  @Override
  public void put(K key, V value) {
    load();
    Entry<K, V> entry = entries.get(key);
    if (entry == null) {
      entry = enter(key, value);
    }
    entry.value = value;
    noteChange(entry);
  }

  @Override
  public void delete(K key) {
    load();
    Entry<K, V> entry = entries.remove(key);
    if (entry != null) {
      inOrder.remove(key);
      entry.value = null;
      noteChange(entry);
    }
  }

  @Override
  public void forEach(BiConsumer<K, V> visitor) {
    load();
    inOrder.forEach((key, entry) -> visitor.accept(key, entry.value));
  }

  @Override
  public void forEach(K from, K to, BiConsumer<K, V> visitor) {
    load();
    inOrder.subMap(from, true, to, false).forEach((key, entry) -> visitor.accept(key, entry.value));
  }

  private Entry<K, V> enter(K key, V value) {
    Entry<K, V> entry = new Entry<>(key, value);
    entries.put(key, entry);
    inOrder.put(key, entry);
    return entry;
  }

  private void noteChange(Entry<K, V> entry) {
    if (!entry.changed) {
      entry.changed = true;
      changed.add(entry);
    }
  }

  /** What was restored is read once, by the first who asks. */
  private void load() {
    if (loaded) {
      return;
    }
    loaded = true;
    try (KeyValueIterator<K, V> all = written.all()) {
      all.forEachRemaining(entry -> enter(entry.key, entry.value));
    } catch (RuntimeException e) {
      // No fault of the record that is being processed.
      throw new IllegalStateException("the state cannot be read: " + e.getMessage(), e);
    }
  }

  /** A commit begins. */
  @Override
  public void flushCache() {
    for (Entry<K, V> entry : changed) {
      if (entry.value != null) {
        written.put(entry.key, entry.value);
      } else if (written.get(entry.key) != null) {
        written.delete(entry.key);
      }
      entry.changed = false;
    }
    changed.clear();
  }

  /** The store under it may be changed by others from now on, as a standby's is. */
  @Override
  public void clearCache() {
    entries.clear();
    inOrder.clear();
    changed.clear();
    loaded = false;
  }

  @Override
  public boolean setFlushListener(CacheFlushListener<K, V> listener, boolean sendOldValues) {
    return false;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    clearCache();
    written.init(context, root);
  }

  @Override
  public void close() {
    clearCache();
    written.close();
  }

  @Override
  public String name() {
    return written.name();
  }

  @Override
  public boolean persistent() {
    return written.persistent();
  }

  @Override
  public boolean isOpen() {
    return written.isOpen();
  }

  @Override
  public Position getPosition() {
    return written.getPosition();
  }

  private record Builder<K extends Comparable<K>, V>(StoreBuilder<KeyValueStore<K, V>> written)
      implements StoreBuilder<LiveStore<K, V>> {

    @Override
    public LiveStore<K, V> build() {
      return new LiveStore<>(written.build());
    }

    @Override
    public StoreBuilder<LiveStore<K, V>> withCachingEnabled() {
      throw new UnsupportedOperationException("a live store needs no other cache");
    }

    @Override
    public StoreBuilder<LiveStore<K, V>> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<LiveStore<K, V>> withLoggingEnabled(Map<String, String> config) {
      return new Builder<>(written.withLoggingEnabled(config));
    }

    @Override
    public StoreBuilder<LiveStore<K, V>> withLoggingDisabled() {
      return new Builder<>(written.withLoggingDisabled());
    }

    @Override
    public Map<String, String> logConfig() {
      return written.logConfig();
    }

    @Override
    public boolean loggingEnabled() {
      return written.loggingEnabled();
    }

    @Override
    public String name() {
      return written.name();
    }
  }
}
