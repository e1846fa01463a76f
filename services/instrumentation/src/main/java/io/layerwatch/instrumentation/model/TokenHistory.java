package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Optional;

/**
 * The token ids of a sequence, for a decoder that can only pass sequences from their start: B
 * sequences of S tokens so far.
 */
final class TokenHistory implements SequenceCache {

  private final NDManager manager;
  private Optional<NDArray> tokens = Optional.empty();

  TokenHistory(NDManager parent) {
    this.manager = parent.newSubManager();
  }

  @Override
  public int length() {
    return tokens.map(held -> (int) held.getShape().get(1)).orElse(0);
  }

  /** Those held and then these [B, T]: [B, S + T], in the scope of these. */
  NDArray followedBy(NDArray added) {
    if (tokens.isEmpty()) {
      return added;
    }
    NDArray all = tokens.get().concat(added, 1);
    all.attach(added.getManager());
    return all;
  }

  /** Takes over all tokens [B, S], once they have passed. */
  void keep(NDArray all) {
    tokens.ifPresent(NDArray::close);
    all.attach(manager);
    tokens = Optional.of(all);
  }

  @Override
  public void close() {
    manager.close();
  }
}
