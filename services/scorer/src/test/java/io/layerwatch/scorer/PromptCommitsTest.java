package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptCommitsTest {

  private static final long LULL = PromptCommits.LULL.toMillis();
  private static final long PAUSE = PromptCommits.PAUSE.toMillis();
  private static final long SHORT_PAUSE = PromptCommits.SHORT_PAUSE.toMillis();

  private final MockProcessorContext<Object, Object> context = new MockProcessorContext<>();
  private final PromptCommits commits = new PromptCommits(context);
  private long now = 1_000_000;

  @BeforeEach
  void somethingCame() {
    commits.change();
  }

  @Test
  void theFirstRequestIsCommittedAtOnce() {
    assertThat(committedBy(commits::request)).isTrue();
  }

  @Test
  void thoseThatFollowShareACommitOnceThePauseIsOver() {
    assertThat(committedBy(commits::request)).isTrue();
    commits.change();
    now += PAUSE / 2;
    assertThat(committedBy(commits::request)).isFalse();
    assertThat(committedBy(commits::request)).isFalse();
    assertThat(committedBy(this::passTime)).isFalse();
    commits.change();
    now += PAUSE / 2;
    assertThat(committedBy(this::passTime)).isTrue();
    now += PAUSE;
    assertThat(committedBy(this::passTime)).isFalse();
  }

  @Test
  void thoseThatFollowDoNotWaitWhenNothingMoreComes() {
    assertThat(committedBy(commits::request)).isTrue();
    commits.change();
    assertThat(committedBy(commits::request)).isFalse();
    now += LULL;
    assertThat(committedBy(this::passTime)).isFalse();
    now += LULL;
    assertThat(committedBy(this::passTime)).isTrue();
  }

  @Test
  void whatNobodyWaitsForIsLeftToTheClock() {
    commits.change();
    for (int time = 0; time < 100; time++) {
      now += LULL;
      assertThat(committedBy(this::passTime)).isFalse();
    }
  }

  @Test
  void othersThatAreNotDoneAreNotStoppedWithEachThatIs() {
    assertThat(committedBy(commits::request)).isTrue();
    now += SHORT_PAUSE - 1;
    assertThat(committedBy(this::passTime)).isFalse();
    assertThat(committedBy(commits::request)).isFalse();
    now++;
    assertThat(committedBy(this::passTime)).isTrue();
  }

  @Test
  void theLullBeforeARequestThatIsExpectedIsUsed() {
    assertThat(committedBy(commits::request)).isTrue();
    commits.change();
    commits.expectRequest();
    now += SHORT_PAUSE;
    assertThat(committedBy(this::passTime)).isFalse();
    assertThat(committedBy(this::passTime)).isTrue();
    commits.change();
    now += PAUSE;
    assertThat(committedBy(this::passTime)).isFalse();
    assertThat(committedBy(this::passTime)).isFalse();
  }

  @Test
  void aCommitThatAnotherTaskAskedForIsOneOfThisToo() {
    assertThat(committedBy(commits::request)).isTrue();
    commits.change();
    now += PAUSE / 2;
    assertThat(committedBy(commits::request)).isFalse();
    context.setCurrentSystemTimeMs(now);
    commits.committed();
    now += PAUSE;
    assertThat(committedBy(this::passTime)).isFalse();
    assertThat(committedBy(this::passTime)).isFalse();
  }

  private boolean committedBy(Runnable action) {
    context.setCurrentSystemTimeMs(now);
    context.resetCommit();
    action.run();
    if (context.committed()) {
      commits.committed();
    }
    return context.committed();
  }

  private void passTime() {
    context.scheduledPunctuators().get(0).getPunctuator().punctuate(now);
  }
}
