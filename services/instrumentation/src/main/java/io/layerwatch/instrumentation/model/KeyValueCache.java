package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;

/**
 * Keys and values of the tokens a sequence has passed through the model so far, so that decoding
 * one more token costs one token. Belongs to one sequence; not safe for use by several threads.
 */
public final class KeyValueCache implements AutoCloseable {

  private final NDManager manager;
  private final NDArray[] keys;
  private final NDArray[] values;
  private int length;

  KeyValueCache(NDManager parent, int layerCount) {
    this.manager = parent.newSubManager();
    this.keys = new NDArray[layerCount];
    this.values = new NDArray[layerCount];
  }

  /** Tokens held. */
  public int length() {
    return length;
  }

  /** Appends keys [batch, heads, tokens, headSize] and returns all keys of the layer so far. */
  NDArray appendKeys(int layer, NDArray added) {
    return append(keys, layer, added);
  }

  NDArray appendValues(int layer, NDArray added) {
    return append(values, layer, added);
  }

  /** Called once a forward pass has appended to every layer. */
  void advance(int tokens) {
    length += tokens;
  }

  private NDArray append(NDArray[] held, int layer, NDArray added) {
    NDArray before = held[layer];
    NDArray all;
    if (before == null) {
      all = added;
    } else {
      all = before.concat(added, 2);
      before.close();
    }
    all.attach(manager);
    held[layer] = all;
    return all;
  }

  @Override
  public void close() {
    manager.close();
  }
}
