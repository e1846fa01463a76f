package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.OptionalInt;

/**
 * Keys and values of the tokens a sequence has passed through the model so far, so that decoding
 * one more token costs one token. Belongs to one sequence; not safe for use by several threads.
 *
 * <p>They are written into blocks that are larger than needed, so that a token is not a copy of all
 * before it. What queries may see is a view of the block, valid until the layer's next append. Of a
 * layer with a window, only the window is held.
 */
final class KeyValueCache implements SequenceCache {

  /** Tokens that a block has room for beyond those it is made for, at least. */
  private static final long ROOM = 64;

  private final NDManager manager;
  private final Layer[] layers;
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
    this.layers = new Layer[layerCount];
    for (int i = 0; i < layerCount; i++) {
      layers[i] = new Layer();
    }
  }

  @Override
  public int length() {
    return length;
  }

  /**
   * Appends keys and values [B, K, T, h] to the layer's.
   *
   * @param window how many tokens back a query sees, itself included
   * @return those that any of the T queries may see, on the added keys' manager
   */
  Held append(int layer, NDArray addedKeys, NDArray addedValues, OptionalInt window) {
    return layers[layer].append(addedKeys, addedValues, window);
  }

  /** Tokens that the layer's blocks have room for. */
  long capacity(int layer) {
    return layers[layer].capacity;
  }

  /** Called once a forward pass has appended to every layer. */
  void advance(int tokens) {
    length += tokens;
  }

  @Override
  public void close() {
    manager.close();
  }

  /** One layer's blocks [B, K, capacity, h], of which start to end are in use. */
  private final class Layer {

    private NDArray keys;
    private NDArray values;
    private long capacity;
    private long start;
    private long end;

    Held append(NDArray addedKeys, NDArray addedValues, OptionalInt window) {
      long added = addedKeys.getShape().get(2);
      if (window.isPresent()) {
        start = Math.max(start, end - (window.getAsInt() - 1));
      }
      if (end + added > capacity) {
        move(addedKeys, addedValues, added);
      }
      keys.set(tokens(end, end + added), addedKeys);
      values.set(tokens(end, end + added), addedValues);
      end += added;
      NDManager scope = addedKeys.getManager();
      return new Held(view(scope, keys), view(scope, values));
    }

    /** Moves what is in use to the front of larger blocks. */
    private void move(NDArray addedKeys, NDArray addedValues, long added) {
      long used = end - start;
      capacity = used + added + Math.max(ROOM, used + added);
      keys = moved(keys, addedKeys, used);
      values = moved(values, addedValues, used);
      start = 0;
      end = used;
    }

    private NDArray moved(NDArray block, NDArray like, long used) {
      Shape shape = like.getShape();
      NDArray larger =
          manager.create(
              new Shape(shape.get(0), shape.get(1), capacity, shape.get(3)), like.getDataType());
      if (block != null) {
        if (used > 0) {
          try (NDArray inUse = block.get(tokens(start, end))) {
            larger.set(tokens(0, used), inUse);
          }
        }
        block.close();
      }
      return larger;
    }

    private NDArray view(NDManager scope, NDArray block) {
      NDArray view = block.get(tokens(start, end));
      view.attach(scope);
      return view;
    }

    private static NDIndex tokens(long from, long to) {
      return new NDIndex().addAllDim(2).addSliceDim(from, to);
    }
  }
}
