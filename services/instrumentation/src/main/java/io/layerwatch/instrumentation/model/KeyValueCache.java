package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.OptionalInt;

/**
 * Keys and values of the tokens a sequence has passed through the model so far, so that decoding
 * one more token costs one token. Belongs to one sequence; not safe for use by several threads.
 */
public final class KeyValueCache implements AutoCloseable {

  private final NDManager manager;
  private final NDArray[] keys;
  private final NDArray[] values;
  private int length;

  /**
   * Keys and values that queries may see.
   *
   * @param keys [B, K, S, h]
   * @param values [B, K, S, h]
   */
  record Held(NDArray keys, NDArray values) {}

  KeyValueCache(NDManager parent, int layerCount) {
    this.manager = parent.newSubManager();
    this.keys = new NDArray[layerCount];
    this.values = new NDArray[layerCount];
  }

  /** Tokens of the sequence so far. */
  public int length() {
    return length;
  }

  /**
   * Appends keys and values [B, K, T, h] to the layer's.
   *
   * @param window how many tokens back a query sees, itself included
   * @return those that any of the T queries may see
   */
  Held append(int layer, NDArray addedKeys, NDArray addedValues, OptionalInt window) {
    return new Held(
        append(keys, layer, addedKeys, window), append(values, layer, addedValues, window));
  }

  /** Called once a forward pass has appended to every layer. */
  void advance(int tokens) {
    length += tokens;
  }

  private NDArray append(NDArray[] held, int layer, NDArray added, OptionalInt window) {
    NDArray before = held[layer];
    NDArray all;
    if (before == null) {
      all = added;
    } else {
      long size = before.getShape().get(2);
      long kept = window.isPresent() ? Math.min(size, window.getAsInt() - 1) : size;
      NDArray seen = kept == size ? before : before.get(":, :, " + (size - kept) + ":");
      all = seen.concat(added, 2);
      seen.close();
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
