package io.layerwatch.scorer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A value for each of some layers. */
final class ByLayer<T> {

  // Null where a layer has none.
  private final List<T> values = new ArrayList<>();

  Optional<T> get(int layer) {
    return layer < values.size() ? Optional.ofNullable(values.get(layer)) : Optional.empty();
  }

  void put(int layer, T value) {
    while (values.size() <= layer) {
      values.add(null);
    }
    values.set(layer, value);
  }

  /** One more than the highest layer that has a value. */
  int end() {
    return values.size();
  }

  void forEach(Visitor<T> visitor) {
    for (int layer = 0; layer < values.size(); layer++) {
      T value = values.get(layer);
      if (value != null) {
        visitor.visit(layer, value);
      }
    }
  }

  /** Is shown a layer and its value. */
  interface Visitor<T> {
    void visit(int layer, T value);
  }
}
