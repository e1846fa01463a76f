package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.Test;

class PromptCommitsTest {

  private static final long PAUSE = PromptCommits.PAUSE.toMillis();

  private final MockProcessorContext<Object, Object> context = new MockProcessorContext<>();
  private final PromptCommits commits = new PromptCommits(context);
  private long now = 1_000_000;

  @Test
  void theFirstRequestIsCommittedAtOnce() {
    assertThat(committedBy(commits::request)).isTrue();
  }

  @Test
  void thoseThatFollowShareACommitOnceThePauseIsOver() {
    assertThat(committedBy(commits::request)).isTrue();
    now += PAUSE / 2;
    assertThat(committedBy(commits::request)).isFalse();
    assertThat(committedBy(commits::request)).isFalse();
    assertThat(committedBy(this::passTime)).isFalse();
    now += PAUSE / 2;
    assertThat(committedBy(this::passTime)).isTrue();
    now += PAUSE;
    assertThat(committedBy(this::passTime)).isFalse();
  }

  private boolean committedBy(Runnable action) {
    context.setCurrentSystemTimeMs(now);
    context.resetCommit();
    action.run();
    return context.committed();
  }

  private void passTime() {
    context.scheduledPunctuators().get(0).getPunctuator().punctuate(now);
  }
}
