package io.layerwatch.scorer.state;

import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.internals.InMemoryKeyValueStore;

/**
 * What a live store writes through: it holds what is restored from the changelog, until the live
 * store has made objects of it. From then on it holds nothing, and what is put here is only on its
 * way to the changelog. So state is in memory once, and no commit replaces bytes that the garbage
 * collector has just moved to its old generation.
 */
final class RestoredBytes extends InMemoryKeyValueStore {

  private boolean passing;

  RestoredBytes(String name) {
    super(name);
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    passing = false;
    super.init(context, root);
  }

  /** Holds nothing from now on. */
  void pass() {
    passing = true;
    try (KeyValueIterator<Bytes, byte[]> all = all()) {
      all.forEachRemaining(entry -> super.delete(entry.key));
    }
  }

  /** Holds again what is put. */
  void hold() {
    passing = false;
  }

  @Override
  public synchronized void put(Bytes key, byte[] value) {
    if (!passing) {
      super.put(key, value);
    }
  }
}
