package io.layerwatch.scorer;

import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Commits when it matters and when it costs nobody time; while a task commits, it reads nothing.
 *
 * <p>There may be something that people wait for, such as a window's scores: the first is committed
 * at once, and those that follow when nothing more comes, or after a pause, since windows of many
 * models close within moments. Other than that it commits when nothing comes, since instances flush
 * at the same moments: before a flush for which people will wait, so that little is left to write
 * then, and now and then. Where summaries never cease, Kafka Streams' commit interval does it.
 */
final class PromptCommits {

  /** When nothing comes for that long, nothing more of the same flush does. */
  static final Duration LULL = Duration.ofMillis(50);

  /** Between commits while more comes. */
  static final Duration PAUSE = Duration.ofMillis(250);

  /** Between commits for which nobody waits. */
  static final Duration UNHURRIED = Duration.ofMillis(2_500);

  private final ProcessorContext<?, ?> context;
  private long committedAt;
  private boolean waitedFor;
  private boolean expected;
  private boolean changed;
  private boolean quiet;

  PromptCommits(ProcessorContext<?, ?> context) {
    this.context = context;
    context.schedule(LULL, PunctuationType.WALL_CLOCK_TIME, this::passTime);
  }

  /** Something came, and changed what there is. */
  void change() {
    changed = true;
    quiet = false;
  }

  /** Something is there that people wait for. */
  void request() {
    waitedFor = true;
    commitIfDue(context.currentSystemTimeMs());
  }

  /** What comes next will probably be something that people wait for. */
  void expectRequest() {
    expected = true;
  }

  /**
   * All there is was committed, by whom ever: Kafka Streams commits the tasks of a thread together,
   * also when only one of them asks.
   */
  void committed() {
    waitedFor = false;
    expected = false;
    changed = false;
    committedAt = context.currentSystemTimeMs();
  }

  private void passTime(long now) {
    commitIfDue(now);
    quiet = true;
  }

  private void commitIfDue(long now) {
    if (isDue(now - committedAt)) {
      context.commit();
    }
  }

  private boolean isDue(long since) {
    return waitedFor
        ? quiet || since >= PAUSE.toMillis()
        : changed && quiet && (expected || since >= UNHURRIED.toMillis());
  }
}
