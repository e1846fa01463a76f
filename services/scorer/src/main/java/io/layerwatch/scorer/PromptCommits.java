package io.layerwatch.scorer;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Commits when it matters and when it costs nobody time; while a task commits, it reads nothing.
 *
 * <p>There may be something that people wait for, such as a window's scores: the first is committed
 * at once, and those that follow when nothing more comes, or after a pause, since windows of many
 * models close within moments. Other than that it commits when nothing comes: instances flush at
 * the same moments, and what one flush has changed is best written before the next. Where summaries
 * never cease, Kafka Streams' commit interval does it, also for scores of long ago: nobody waits
 * for one window of a backlog that is worked off.
 */
final class PromptCommits {

  /** When nothing comes for that long, nothing more of the same flush does. */
  static final Duration LULL = Duration.ofMillis(50);

  /** Between commits while more comes. */
  static final Duration PAUSE = Duration.ofMillis(250);

  /** Between commits for which nobody waits. */
  static final Duration UNHURRIED = Duration.ofMillis(400);

  private final ProcessorContext<?, ?> context;
  private final long hurriedMillis;
  private long committedAt;
  private boolean waitedFor;
  private boolean changed;
  private boolean quiet;

  /**
   * Commits when asked to, and in lulls.
   *
   * @param hurried how old what is there may be for people to wait for it
   */
  PromptCommits(ProcessorContext<?, ?> context, Duration hurried) {
    this.context = context;
    hurriedMillis = hurried.toMillis();
    context.schedule(LULL, PunctuationType.WALL_CLOCK_TIME, this::passTime);
  }

  /** Something came, and changed what there is. */
  void change() {
    changed = true;
    quiet = false;
  }

  /**
   * Something is there that people wait for, unless it is old.
   *
   * @param time since when it can be there
   */
  void request(Instant time) {
    long now = context.currentSystemTimeMs();
    if (now - time.toEpochMilli() <= hurriedMillis) {
      waitedFor = true;
      commitIfDue(now);
    }
  }

  private void passTime(long now) {
    commitIfDue(now);
    quiet = true;
  }

  private void commitIfDue(long now) {
    if (isDue(now - committedAt)) {
      waitedFor = false;
      changed = false;
      committedAt = now;
      context.commit();
    }
  }

  private boolean isDue(long since) {
    return waitedFor
        ? quiet || since >= PAUSE.toMillis()
        : changed && quiet && since >= UNHURRIED.toMillis();
  }
}
