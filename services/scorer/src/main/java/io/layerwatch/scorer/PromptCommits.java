package io.layerwatch.scorer;

import java.time.Duration;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/**
 * Commits when there is something that people wait for: at once, and again after a pause if there
 * is more. Windows of many models close within moments, and while a task commits it reads nothing.
 */
final class PromptCommits {

  static final Duration PAUSE = Duration.ofMillis(100);

  private final ProcessorContext<?, ?> context;
  private long committedAt;
  private boolean due;

  PromptCommits(ProcessorContext<?, ?> context) {
    this.context = context;
    context.schedule(PAUSE, PunctuationType.WALL_CLOCK_TIME, this::commitIfDue);
  }

  /** Something is there to be committed. */
  void request() {
    due = true;
    commitIfDue(context.currentSystemTimeMs());
  }

  private void commitIfDue(long now) {
    if (due && now - committedAt >= PAUSE.toMillis()) {
      due = false;
      committedAt = now;
      context.commit();
    }
  }
}
