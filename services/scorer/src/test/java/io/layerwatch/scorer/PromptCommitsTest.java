package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.apache.kafka.streams.processor.api.MockProcessorContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptCommitsTest {

  private static final long LULL = PromptCommits.LULL.toMillis();
  private static final long PAUSE = PromptCommits.PAUSE.toMillis();
  private static final long UNHURRIED = PromptCommits.UNHURRIED.toMillis();

  private static final Duration HURRIED = Duration.ofSeconds(22);

  private final MockProcessorContext<Object, Object> context = new MockProcessorContext<>();
  private final PromptCommits commits = new PromptCommits(context, HURRIED);
  private long now = 1_000_000;

  @BeforeEach
  void somethingCame() {
    commits.change();
  }

  @Test
  void theFirstRequestIsCommittedAtOnce() {
    assertThat(committedBy(this::request)).isTrue();
  }

  @Test
  void thoseThatFollowShareACommitOnceThePauseIsOver() {
    assertThat(committedBy(this::request)).isTrue();
    commits.change();
    now += PAUSE / 2;
    assertThat(committedBy(this::request)).isFalse();
    assertThat(committedBy(this::request)).isFalse();
    assertThat(committedBy(this::passTime)).isFalse();
    commits.change();
    now += PAUSE / 2;
    assertThat(committedBy(this::passTime)).isTrue();
    now += PAUSE;
    assertThat(committedBy(this::passTime)).isFalse();
  }

  @Test
  void thoseThatFollowDoNotWaitWhenNothingMoreComes() {
    assertThat(committedBy(this::request)).isTrue();
    commits.change();
    assertThat(committedBy(this::request)).isFalse();
    now += LULL;
    assertThat(committedBy(this::passTime)).isFalse();
    now += LULL;
    assertThat(committedBy(this::passTime)).isTrue();
  }

  @Test
  void whatNobodyWaitsForIsCommittedWhenNothingComes() {
    assertThat(committedBy(this::passTime)).isFalse();
    now += LULL;
    commits.change();
    assertThat(committedBy(this::passTime)).isFalse();
    now += LULL;
    assertThat(committedBy(this::passTime)).isTrue();
    now += UNHURRIED;
    assertThat(committedBy(this::passTime)).isFalse();
  }

  @Test
  void whatNobodyWaitsForIsCommittedRarely() {
    assertThat(committedBy(this::request)).isTrue();
    commits.change();
    for (now += LULL; now < 1_000_000 + UNHURRIED; now += LULL) {
      assertThat(committedBy(this::passTime)).isFalse();
    }
    assertThat(committedBy(this::passTime)).isTrue();
  }

  @Test
  void nobodyWaitsForWhatIsOfLongAgo() {
    Instant longAgo = Instant.ofEpochMilli(now).minus(HURRIED).minusMillis(1);
    assertThat(committedBy(() -> commits.request(longAgo))).isFalse();
    assertThat(committedBy(this::passTime)).isFalse();
    assertThat(committedBy(() -> commits.request(longAgo.plusMillis(1)))).isTrue();
  }

  private boolean committedBy(Runnable action) {
    context.setCurrentSystemTimeMs(now);
    context.resetCommit();
    action.run();
    return context.committed();
  }

  private void request() {
    commits.request(Instant.ofEpochMilli(now));
  }

  private void passTime() {
    context.scheduledPunctuators().get(0).getPunctuator().punctuate(now);
  }
}
