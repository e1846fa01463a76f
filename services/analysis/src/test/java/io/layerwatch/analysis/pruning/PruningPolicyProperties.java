package io.layerwatch.analysis.pruning;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.ModelScores;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class PruningPolicyProperties {

  private final PruningPolicy policy = new PruningPolicy(PruningCriteria.DEFAULT);

  /** Which of eight layers scores lowest beside layer 0; 0 stands for a window without evidence. */
  @Property(tries = 300)
  void aCandidateNeverComesEarlyNorFallsEarly(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 2) Integer> lowest) {
    RecommendationState state = policy.initial();
    List<ModelScores> history = new ArrayList<>();
    List<Integer> evidence = new ArrayList<>();
    for (int choice : lowest) {
      history.add(window(history.size(), choice));
      if (choice != 0) {
        evidence.add(choice);
      }
      RecommendationState before = state;
      state = policy.decide(before, history);

      if (state instanceof Candidate && !(before instanceof Candidate)) {
        assertThat(last(evidence, 10)).hasSize(10).containsOnly(last(evidence, 1).get(0));
      }
      if (before instanceof Candidate candidate && !(state instanceof Candidate)) {
        assertThat(state).isInstanceOf(Withdrawn.class);
        assertThat(last(evidence, 3))
            .hasSize(3)
            .doesNotContain(candidate.proposal().layers().get(1));
      }
      if (state instanceof Collecting collecting) {
        assertThat(collecting.windowsStable()).isBetween(0, 9);
      }
    }
  }

  /** What a recommender relies on that keeps no more than the policy needs. */
  @Property(tries = 200)
  void forgettingWhatIsNoEvidenceAndWhatIsOldChangesNothing(
      @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 0, max = 2) Integer> lowest) {
    RecommendationState full = policy.initial();
    RecommendationState bounded = policy.initial();
    List<ModelScores> history = new ArrayList<>();
    List<ModelScores> kept = new ArrayList<>();
    for (int choice : lowest) {
      ModelScores window = window(history.size(), choice);
      history.add(window);
      kept.add(window);
      full = policy.decide(full, history);
      bounded = policy.decide(bounded, kept);
      kept.removeIf(scores -> !policy.isEvidence(scores));
      if (kept.size() > policy.windowsNeeded()) {
        kept.remove(0);
      }

      assertThat(bounded).isEqualTo(full);
    }
  }

  private static ModelScores window(int index, int lowest) {
    double[] avss = {0.1, 4, 4, 5, 6, 7, 8, 9};
    avss[Math.max(1, lowest)] = 1;
    return Examples.windowOfTokens(index, lowest == 0 ? 10 : 1_000, avss);
  }

  private static <T> List<T> last(List<T> list, int count) {
    return list.subList(Math.max(0, list.size() - count), list.size());
  }
}
