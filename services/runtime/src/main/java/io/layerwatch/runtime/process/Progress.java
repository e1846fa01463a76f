package io.layerwatch.runtime.process;

import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a long command has come: a bar on standard error where that is a terminal, as the start
 * script tells, and else nothing.
 */
public final class Progress implements AutoCloseable {

  private final Optional<ProgressBar> bar;

  private Progress(Optional<ProgressBar> bar) {
    this.bar = bar;
  }

  /**
   * Starts at 0.
   *
   * @param unit what is counted, in the plural
   */
  public static Progress of(String task, long total, String unit) {
    return new Progress(
        Boolean.getBoolean("layerwatch.terminal.errors")
            ? Optional.of(
                new ProgressBarBuilder()
                    .setTaskName(task)
                    .setInitialMax(total)
                    .setUnit(" " + unit, 1)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(200)
                    .build())
            : Optional.empty());
  }

  /** Shows nothing. */
  public static Progress none() {
    return new Progress(Optional.empty());
  }

  public void advance(long by) {
    bar.ifPresent(shown -> shown.stepBy(by));
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
