package io.layerwatch.analysis.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PruningReviewTest {

  @Test
  void aReviewIsWordedWithItsCommentIfItHasOne() {
    assertThat(review("ann", "").describe()).isEqualTo("approved by ann");
    assertThat(review("ann", "after the launch").describe())
        .isEqualTo("approved by ann (after the launch)");
  }

  @Test
  void somebodySaysItAndNeitherTextCanSteerATerminal() {
    assertThatThrownBy(() -> review("", "why")).hasMessageStartingWith("reviewer: expected a non");
    assertThatThrownBy(() -> review("ann\u001b[2J", "")).hasMessageStartingWith("reviewer: ");
    assertThatThrownBy(() -> review("ann", "a\nb")).hasMessageStartingWith("comment: expected");
    assertThatThrownBy(() -> review("ann", "x".repeat(257)))
        .hasMessage("comment: expected at most 256 characters, got 257");
  }

  private static PruningReview review(String reviewer, String comment) {
    return new PruningReview(
        new ModelId("demo", "r1"), List.of(2), Decision.APPROVED, reviewer, comment, Instant.EPOCH);
  }
}
