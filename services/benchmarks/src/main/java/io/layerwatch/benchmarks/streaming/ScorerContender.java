package io.layerwatch.benchmarks.streaming;

import io.layerwatch.benchmarks.capacity.Laboratory;
import io.layerwatch.benchmarks.capacity.Pass;
import io.layerwatch.benchmarks.capacity.RunningScorer;
import java.util.HashMap;
import java.util.Map;

/** The production scorer. At least once is not among its guarantees. */
record ScorerContender(Map<String, String> settings) implements Contender {

  static final String NAME = "scorer, exactly once";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Pass pass(Laboratory laboratory, String id, int threads) {
    Map<String, String> own = new HashMap<>(settings);
    own.put("kafka.num.stream.threads", Integer.toString(threads));
    try (RunningScorer scorer = laboratory.score(id, own)) {
      return scorer.pass(laboratory.published());
    }
  }
}
