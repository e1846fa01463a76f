package io.layerwatch.benchmarks.drift;

import java.util.Random;
import java.util.function.DoubleSupplier;

/** How the logarithm of a score varies from window to window; of variance 1. */
enum Noise {
  /** Windows of independent requests. */
  INDEPENDENT("independent, normal") {
    @Override
    DoubleSupplier of(Random random) {
      return random::nextGaussian;
    }
  },
  /** Student's t with 5 degrees of freedom: now and then a window is far off. */
  HEAVY_TAILS("independent, Student's t, 5 d.f.") {
    @Override
    DoubleSupplier of(Random random) {
      return () -> {
        double chiSquare = 0;
        for (int i = 0; i < 5; i++) {
          double normal = random.nextGaussian();
          chiSquare += normal * normal;
        }
        return random.nextGaussian() / Math.sqrt(chiSquare / 5) * Math.sqrt(3.0 / 5);
      };
    }
  },
  /** Traffic that changes slowly: half of a deviation lasts to the next window. */
  CORRELATED("autoregressive, 0.5") {
    @Override
    DoubleSupplier of(Random random) {
      return autoregressive(random, 0.5);
    }
  },
  /** Slower still. */
  STRONGLY_CORRELATED("autoregressive, 0.8") {
    @Override
    DoubleSupplier of(Random random) {
      return autoregressive(random, 0.8);
    }
  };

  private final String label;

  Noise(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }

  /** A sequence of its own. */
  abstract DoubleSupplier of(Random random);

  private static DoubleSupplier autoregressive(Random random, double kept) {
    double[] state = {random.nextGaussian()};
    double fresh = Math.sqrt(1 - kept * kept);
    return () -> {
      state[0] = kept * state[0] + fresh * random.nextGaussian();
      return state[0];
    };
  }
}
