package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.runtime.topics.InvalidRecordException;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What a summary must agree with to be merged into a window: beside the store, made from it. */
final class OpenWindow {

  private final Set<String> instances = new HashSet<>();
  private long nameBytes;
  private Optional<ModelShape> shape = Optional.empty();

  void add(ActivationSummary summary) {
    shape = Optional.of(summary.shape());
    if (instances.add(summary.instance())) {
      nameBytes += Sources.nameBytes(summary.instance());
    }
  }

  void require(ActivationSummary summary) {
    requireSameShape(summary);
    requireRoom(summary.instance());
  }

  /** Two models under one name and revision must not mix. */
  private void requireSameShape(ActivationSummary summary) {
    if (shape.isPresent() && !summary.shape().equals(shape.get())) {
      throw new InvalidRecordException(
          Kind.IMPOSSIBLE,
          "shape: expected "
              + shape.get()
              + ", as others said of this model and revision in this window, got "
              + summary.shape());
    }
  }

  /** All instances are named in the window's scores, which must fit into one record. */
  private void requireRoom(String instance) {
    if (!instances.contains(instance)
        && nameBytes + Sources.nameBytes(instance) > Sources.MOST_NAME_BYTES) {
      throw new InvalidRecordException(
          Kind.OVERSIZE,
          "instance: expected at most "
              + Sources.MOST_NAME_BYTES
              + " bytes of names in a window, got one more than the "
              + instances.size()
              + " instances that were heard");
    }
  }
}
