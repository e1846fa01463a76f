package io.layerwatch.scorer.state;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.query.Position;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
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
  private final RestoredBytes restored;
  private final Serde<K> keys;
  private final Serde<V> values;
  private final Map<K, Entry<K, V>> entries = new HashMap<>();
  private final NavigableMap<K, Entry<K, V>> inOrder = new TreeMap<>();
  private final List<Entry<K, V>> changed = new ArrayList<>();
  private Runnable onCommit = () -> {};
  private boolean loaded;

  private LiveStore(
      KeyValueStore<K, V> written, RestoredBytes restored, Serde<K> keys, Serde<V> values) {
    this.written = written;
    this.restored = restored;
    this.keys = keys;
    this.values = values;
  }

  /** One key's value; null once it was deleted. */
  private static final class Entry<K, V> {
    private final K key;
    private V value;
    private boolean changed;
    // Whether the changelog has it.
    private boolean written;

    Entry(K key, V value) {
      this.key = key;
      this.value = value;
    }
  }

  /** Builds live stores with a changelog. */
  public static <K extends Comparable<K>, V> StoreBuilder<LiveStore<K, V>> builder(
      String name, Serde<K> keys, Serde<V> values) {
    return new Builder<>(name, keys, values, Optional.of(Map.of()));
  }

  /** What it writes to, which holds something only until the first who asks for it. */
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
    try (KeyValueIterator<K, V> all = written.all()) {
      all.forEachRemaining(entry -> enter(entry.key, entry.value).written = true);
      loaded = true;
    } catch (RuntimeException e) {
      forget();
      // No fault of the record that is being processed.
      throw new IllegalStateException("the state cannot be read: " + e.getMessage(), e);
    }
    restored.pass();
  }

  /** Tells that one from now on whenever the task commits, whoever asked for it. */
  public void onCommit(Runnable listener) {
    onCommit = listener;
  }

  /** A commit begins. */
  @Override
  public void flushCache() {
    for (Entry<K, V> entry : changed) {
      if (entry.value != null) {
        written.put(entry.key, entry.value);
        entry.written = true;
      } else if (entry.written) {
        written.delete(entry.key);
      }
      entry.changed = false;
    }
    changed.clear();
    onCommit.run();
  }

  /** Others change the store under it from now on, as a standby's is; it gets its bytes back. */
  @Override
  public void clearCache() {
    restored.hold();
    inOrder.forEach(
        (key, entry) ->
            restored.put(
                Bytes.wrap(keys.serializer().serialize(name(), key)),
                values.serializer().serialize(name(), entry.value)));
    forget();
  }

  private void forget() {
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
    forget();
    written.init(context, root);
  }

  @Override
  public void close() {
    forget();
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

  /**
   * @param changelog the settings of its topic, if it has one
   */
  private record Builder<K extends Comparable<K>, V>(
      String name, Serde<K> keys, Serde<V> values, Optional<Map<String, String>> changelog)
      implements StoreBuilder<LiveStore<K, V>> {

    @Override
    public LiveStore<K, V> build() {
      RestoredBytes restored = new RestoredBytes(name);
      StoreBuilder<KeyValueStore<K, V>> written =
          Stores.keyValueStoreBuilder(new Supplier(restored), keys, values);
      changelog.ifPresentOrElse(written::withLoggingEnabled, written::withLoggingDisabled);
      return new LiveStore<>(written.build(), restored, keys, values);
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
      return new Builder<>(name, keys, values, Optional.of(config));
    }

    @Override
    public StoreBuilder<LiveStore<K, V>> withLoggingDisabled() {
      return new Builder<>(name, keys, values, Optional.empty());
    }

    @Override
    public Map<String, String> logConfig() {
      return changelog.orElse(Map.of());
    }

    @Override
    public boolean loggingEnabled() {
      return changelog.isPresent();
    }
  }

  private record Supplier(RestoredBytes store) implements KeyValueBytesStoreSupplier {

    @Override
    public String name() {
      return store.name();
    }

    @Override
    public KeyValueStore<Bytes, byte[]> get() {
      return store;
    }

    @Override
    public String metricsScope() {
      return "in-memory";
    }
  }
}
