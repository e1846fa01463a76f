package io.layerwatch.analysis.score;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** A score that layers can be ranked by: the lowest is the least important. */
public enum Ranking {
  /** {@link Avss} over all activations. */
  AVSS {
    @Override
    public OptionalDouble score(LayerScore layer) {
      return layer.avss().score();
    }

    @Override
    public String label() {
      return "AVSS";
    }

    @Override
    public Optional<String> weakness(LayerScore layer) {
      return layer.avss().weakness();
    }
  },
  /** {@link Avss} with the pooled variance of the paper's code. */
  POOLED_AVSS {
    @Override
    public OptionalDouble score(LayerScore layer) {
      return layer.avss().pooledScore();
    }

    @Override
    public String label() {
      return "pooled AVSS";
    }

    @Override
    public Optional<String> weakness(LayerScore layer) {
      return layer.avss().weakness().or(() -> missing(score(layer), "no sequence was prefilled"));
    }
  },
  /** 1 − cosine of block input and output (arXiv 2403.03853). */
  BLOCK_INFLUENCE {
    @Override
    public OptionalDouble score(LayerScore layer) {
      return layer.statistics().blockInfluence();
    }

    @Override
    public String label() {
      return "block influence";
    }

    @Override
    public Optional<String> weakness(LayerScore layer) {
      return missing(score(layer), "no token was seen");
    }
  };

  /** A layer's score, or empty when it has none in this window. */
  public abstract OptionalDouble score(LayerScore layer);

  /** The score's name in a sentence, such as {@code block influence}. */
  public abstract String label();

  /** Why a score is missing or too weak to be evidence, in words; empty when it is firm. */
  public abstract Optional<String> weakness(LayerScore layer);

  private static Optional<String> missing(OptionalDouble score, String reason) {
    return score.isPresent() ? Optional.empty() : Optional.of("undefined: " + reason);
  }

  /** The name in settings and on the wire, such as {@code block-influence}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The ranking of that {@link #id()}, if there is one. */
  public static Optional<Ranking> ofId(String id) {
    return Arrays.stream(values()).filter(ranking -> ranking.id().equals(id)).findFirst();
  }

  /** All ids, for messages. */
  public static String ids() {
    return Arrays.stream(values()).map(Ranking::id).collect(Collectors.joining(", "));
  }

  /** Layers in ascending order of score; equal scores in order of layer. */
  public static List<Integer> ascending(Map<Integer, Double> scores) {
    return scores.entrySet().stream()
        .sorted(
            Comparator.comparingDouble(Map.Entry<Integer, Double>::getValue)
                .thenComparingInt(Map.Entry::getKey))
        .map(Map.Entry::getKey)
        .toList();
  }
}
