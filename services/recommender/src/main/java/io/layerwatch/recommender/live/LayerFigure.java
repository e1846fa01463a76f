package io.layerwatch.recommender.live;

import io.layerwatch.analysis.score.LayerScore;
import java.util.OptionalDouble;

/** A figure of a layer in a window, by the name that it has in JSON. */
enum LayerFigure {
  NORMALIZED_AVSS("normalizedAvss") {
    @Override
    OptionalDouble of(LayerScore layer, double threshold) {
      return layer.normalizedAvss();
    }
  },
  AVSS("avss") {
    @Override
    OptionalDouble of(LayerScore layer, double threshold) {
      return layer.avss().score();
    }
  },
  VARIANCE("variance") {
    @Override
    OptionalDouble of(LayerScore layer, double threshold) {
      return layer.statistics().moments().count() == 0
          ? OptionalDouble.empty()
          : OptionalDouble.of(layer.statistics().moments().variance());
    }
  },
  SPARSITY("sparsity") {
    @Override
    OptionalDouble of(LayerScore layer, double threshold) {
      return layer.statistics().sparsity(threshold);
    }
  },
  BLOCK_INFLUENCE("blockInfluence") {
    @Override
    OptionalDouble of(LayerScore layer, double threshold) {
      return layer.statistics().blockInfluence();
    }
  };

  private final String id;

  LayerFigure(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  /** Its value, unless it is undefined; {@code threshold} is that of sparsity. */
  abstract OptionalDouble of(LayerScore layer, double threshold);
}
