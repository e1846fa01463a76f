package io.layerwatch.analysis.drift;

import io.layerwatch.analysis.drift.ScoreWatch.Drifting;
import io.layerwatch.analysis.drift.ScoreWatch.Steady;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds each closed window against the baseline of its model revision: the same windows always give
 * the same drift.
 *
 * <p>A window says something of scores when it is complete and has enough tokens, and of one score
 * when that is firm. Activations that are no numbers are raised by any window that has some.
 */
public final class DriftDetector {

  /** Windows without one, after which activations that are no numbers are a thing of the past. */
  private static final int CLEAN_WINDOWS = 5;

  private final DriftCriteria criteria;

  public DriftDetector(DriftCriteria criteria) {
    this.criteria = criteria;
  }

  /** What is known after a window, and what that changed. */
  public record Step(DriftState state, List<LayerDrift> changes) {

    public Step {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Takes the next window.
   *
   * @param before what was known of its model at its site; empty of a model that is new
   */
  public Step observe(Optional<DriftState> before, ModelScores window) {
    List<LayerDrift> changes = new ArrayList<>();
    DriftState known = before.orElseGet(() -> DriftState.start(window));
    if (!known.comparesWith(window)) {
      clearAll(known, window, changes);
      known = DriftState.start(window);
    }
    SortedMap<WatchedScore, ScoreWatch> watches = watched(known, window, changes);
    if (window.complete() && window.tokens() >= criteria.minimumTokens()) {
      window.layers().forEach(layer -> watch(window, layer, watches, changes));
    }
    SortedMap<Integer, Integer> nonFinite = new TreeMap<>(known.nonFinite());
    if (window.tokens() > 0) {
      window.layers().forEach(layer -> count(window, layer, nonFinite, changes));
    }
    return new Step(
        new DriftState(known.layerCount(), known.sparsityThreshold(), watches, nonFinite), changes);
  }

  /** Without scores that are not looked at any more: nothing would ever clear their drift. */
  private SortedMap<WatchedScore, ScoreWatch> watched(
      DriftState known, ModelScores window, List<LayerDrift> changes) {
    SortedMap<WatchedScore, ScoreWatch> watches = new TreeMap<>(known.watches());
    known
        .watches()
        .forEach(
            (score, watch) -> {
              if (!criteria.scores().contains(score.score())) {
                watches.remove(score);
                clear(window, score, watch, "is not watched any more", changes);
              }
            });
    return watches;
  }

  /** Windows are scored otherwise from now on, so that nothing known of them compares. */
  private void clearAll(DriftState before, ModelScores window, List<LayerDrift> changes) {
    String reason = "is scored otherwise from now on, and gets another baseline";
    before.watches().forEach((score, watch) -> clear(window, score, watch, reason, changes));
    before
        .nonFinite()
        .keySet()
        .forEach(
            layer ->
                changes.add(
                    nonFinite(window, layer, 0, false, "the layer is counted anew from now on")));
  }

  private void clear(
      ModelScores window,
      WatchedScore key,
      ScoreWatch watch,
      String reason,
      List<LayerDrift> changes) {
    if (watch instanceof Drifting drifting) {
      Baseline baseline = drifting.baseline();
      changes.add(
          change(
              window, key, baseline.score(), baseline, false, key.score().label() + " " + reason));
    }
  }

  private void watch(
      ModelScores window,
      LayerScore layer,
      SortedMap<WatchedScore, ScoreWatch> watches,
      List<LayerDrift> changes) {
    for (Ranking score : criteria.scores()) {
      double value = score.score(layer).orElse(0);
      if (score.weakness(layer).isPresent() || !(value > 0) || Double.isInfinite(value)) {
        continue;
      }
      WatchedScore key = new WatchedScore(layer.layer(), score);
      ScoreWatch before = watches.getOrDefault(key, ScoreWatch.START);
      ScoreWatch after = before.next(Math.log(value), criteria);
      watches.put(key, after);
      if (before instanceof Steady steady && after instanceof Drifting) {
        changes.add(measured(window, key, value, steady.baseline(), true));
      } else if (before instanceof Drifting drifting && after instanceof Steady) {
        changes.add(measured(window, key, value, drifting.baseline(), false));
      }
    }
  }

  private LayerDrift measured(
      ModelScores window, WatchedScore key, double value, Baseline baseline, boolean raised) {
    String reason =
        String.format(
            Locale.ROOT,
            "%s is %.2f times its baseline of %d windows%s",
            key.score().label(),
            value / baseline.score(),
            baseline.windows(),
            raised ? "" : ", and has been close to it for long enough");
    return change(window, key, value, baseline, raised, reason);
  }

  private LayerDrift change(
      ModelScores window,
      WatchedScore key,
      double value,
      Baseline baseline,
      boolean raised,
      String reason) {
    return new LayerDrift(
        window.model(),
        window.site(),
        key.layer(),
        key.score().id(),
        raised,
        window.window().end(),
        value,
        baseline.score(),
        Math.log(value / baseline.score()),
        ControlLimits.of(baseline, criteria).allowance(),
        reason);
  }

  private static void count(
      ModelScores window,
      LayerScore layer,
      SortedMap<Integer, Integer> nonFinite,
      List<LayerDrift> changes) {
    long count = layer.statistics().nonFinite();
    Integer clean = nonFinite.get(layer.layer());
    if (count > 0) {
      nonFinite.put(layer.layer(), 0);
      if (clean == null) {
        changes.add(
            nonFinite(
                window,
                layer.layer(),
                (double) count,
                true,
                count + " activations are no numbers"));
      }
    } else if (clean != null && clean + 1 < CLEAN_WINDOWS) {
      nonFinite.put(layer.layer(), clean + 1);
    } else if (clean != null) {
      nonFinite.remove(layer.layer());
      changes.add(
          nonFinite(
              window,
              layer.layer(),
              0,
              false,
              "all activations were numbers in " + CLEAN_WINDOWS + " windows in a row"));
    }
  }

  private static LayerDrift nonFinite(
      ModelScores window, int layer, double value, boolean raised, String reason) {
    return new LayerDrift(
        window.model(),
        window.site(),
        layer,
        LayerDrift.NON_FINITE,
        raised,
        window.window().end(),
        value,
        0,
        value,
        1,
        reason);
  }

  /** How far a score is towards drift: 0 is at its baseline, 1 is drift. */
  public double progress(ScoreWatch watch) {
    if (watch instanceof Steady steady) {
      return steady.share(criteria);
    }
    return watch instanceof Drifting ? 1 : 0;
  }
}
