package io.layerwatch.analysis.drift;

import java.util.ArrayList;
import java.util.List;

/** One score of one layer, window by window. */
public sealed interface ScoreWatch {

  /** Before the first window. */
  ScoreWatch START = new Learning(List.of());

  /**
   * What is known after one window more.
   *
   * @param log natural logarithm of the score in it
   */
  ScoreWatch next(double log, DriftCriteria criteria);

  /** The first windows are gathered for the baseline; it is frozen once there are enough. */
  record Learning(List<Double> logs) implements ScoreWatch {

    public Learning {
      logs = List.copyOf(logs);
    }

    @Override
    public ScoreWatch next(double log, DriftCriteria criteria) {
      List<Double> more = new ArrayList<>(logs);
      more.add(log);
      return more.size() < criteria.baselineWindows()
          ? new Learning(more)
          : new Steady(Baseline.of(more), 0, 0);
    }
  }

  /**
   * The score is where it was: a two-sided CUSUM chart looks for when it is not.
   *
   * @param above sum of what went beyond the allowance above the baseline, in logarithms
   * @param below the same below it
   */
  record Steady(Baseline baseline, double above, double below) implements ScoreWatch {

    @Override
    public ScoreWatch next(double log, DriftCriteria criteria) {
      ControlLimits limits = ControlLimits.of(baseline, criteria);
      double deviation = log - baseline.mean();
      double up = limits.add(above, deviation);
      double down = limits.add(below, -deviation);
      return limits.reachedBy(Math.max(up, down))
          ? new Drifting(baseline, up >= down, 0)
          : new Steady(baseline, up, down);
    }

    /** How far the test is towards raising drift, 0 to 1. */
    double share(DriftCriteria criteria) {
      return Math.max(above, below) / ControlLimits.of(baseline, criteria).threshold();
    }
  }

  /**
   * The score has left its baseline: the same chart, turned round, looks for its return.
   *
   * @param up whether it rose
   * @param returned sum of how far it came back within half of the shift, in logarithms
   */
  record Drifting(Baseline baseline, boolean up, double returned) implements ScoreWatch {

    @Override
    public ScoreWatch next(double log, DriftCriteria criteria) {
      ControlLimits limits = ControlLimits.of(baseline, criteria);
      double deviation = up ? log - baseline.mean() : baseline.mean() - log;
      // What is allowed is no drift: within it the sum grows, beyond it shrinks.
      double back = limits.add(returned, 2 * limits.allowance() - deviation);
      return limits.reachedBy(back) ? new Steady(baseline, 0, 0) : new Drifting(baseline, up, back);
    }
  }
}
