package io.layerwatch.scorer;

import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Commits when it matters, beside Kafka Streams, which commits by the clock; while a task commits,
 * none of its thread reads anything.
 *
 * <p>There may be something that people wait for, such as a window's scores: the first is committed
 * at once, and those that follow when nothing more comes, or after a pause, since windows of many
 * models close within moments. And instances flush at the same moments, so that nothing comes
 * between them: before a flush for which people will wait, that time is used, so that little is
 * left to write then.
 */
final class PromptCommits {

  /** When nothing comes for that long, nothing more of the same flush does. */
  static final Duration LULL = Duration.ofMillis(50);

  /** Between commits while more comes. */
  static final Duration PAUSE = Duration.ofMillis(250);

  /** Between commits when nothing more comes to one task, as it still may to others. */
  static final Duration SHORT_PAUSE = Duration.ofMillis(100);

  private final ProcessorContext<?, ?> context;
  private long committedAt;
  private boolean waitedFor;
  private boolean expected;
  private boolean quiet;

  PromptCommits(ProcessorContext<?, ?> context) {
    this.context = context;
    context.schedule(LULL, PunctuationType.WALL_CLOCK_TIME, this::passTime);
  }

  /** Something came, and changed what there is. */
  void change() {
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
   * All there is was committed, whoever asked: Kafka Streams commits the tasks of a thread
   * together, also when only one of them asks.
   */
  void committed() {
    waitedFor = false;
    expected = false;
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
    if (quiet) {
      return (waitedFor || expected) && since >= SHORT_PAUSE.toMillis();
    }
    return waitedFor && since >= PAUSE.toMillis();
  }
}
