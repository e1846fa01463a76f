package io.layerwatch.analysis.pruning;

import static io.layerwatch.analysis.Examples.window;
import static io.layerwatch.analysis.Examples.windowOfTokens;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.Examples;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Four layers, one proposed; three windows make a candidate and two topple it. */
class PruningPolicyTest {

  private static final double[] LOWEST_2 = {5, 4, 1, 3};
  private static final double[] LOWEST_3 = {5, 4, 3, 1};

  private final PruningPolicy policy = new PruningPolicy(criteria(0.25));
  private final List<ModelScores> history = new ArrayList<>();
  private RecommendationState state = policy.initial();

  @Test
  void stableWindowsAreCountedUntilACandidateStands() {
    assertThat(policy.initial()).isEqualTo(new Collecting(0, 3, "no window has closed yet"));
    assertThat(after(window(0, LOWEST_2))).isEqualTo(new Collecting(1, 3, ""));
    assertThat(after(window(1, LOWEST_2))).isEqualTo(new Collecting(2, 3, ""));
    assertThat(proposal(after(window(2, LOWEST_2))).layers()).containsExactly(2);
  }

  @Test
  void aProposalCarriesItsEvidence() {
    after(windowOfTokens(0, 1_000, 5, 4, 0.9, 3));
    after(windowOfTokens(1, 1_000, 5, 4, 1.0, 3));
    PruningProposal proposal = proposal(after(windowOfTokens(2, 2_000, 5, 4, 1.1, 3)));

    assertThat(proposal.windows()).isEqualTo(3);
    assertThat(proposal.tokens()).isEqualTo(4_000);
    assertThat(proposal.span())
        .isEqualTo(new TimeWindow(Instant.ofEpochSecond(0), Instant.ofEpochSecond(180)));
    assertThat(proposal.evidence()).extracting(LayerEvidence::layer).containsExactly(2, 3, 1, 0);
    assertThat(proposal.evidence())
        .extracting(LayerEvidence::proposed)
        .containsExactly(true, false, false, false);
    LayerEvidence lowest = proposal.evidence().get(0);
    assertThat(lowest.meanScore()).isCloseTo(1.0, within(1e-12));
    // √((0.01 + 0 + 0.01) ÷ 3)
    assertThat(lowest.spread()).isCloseTo(0.0816496580927726, within(1e-12));
    assertThat(lowest.meanBlockInfluence().orElseThrow()).isCloseTo(0.3, within(1e-12));
    // Block influence is 0.1 in layer 0 and rises.
    assertThat(proposal.blockInfluenceLayers()).containsExactly(0);
    assertThat(proposal.blockInfluenceAgreement()).isZero();
    assertThat(proposal.parametersRemoved()).isEqualTo(10);
    assertThat(proposal.parametersShare()).isEqualTo(0.1);
    assertThat(proposal.computeShare()).isEqualTo(0.125);
  }

  @Test
  void anIncompleteWindowNeitherAddsNorBreaks() {
    after(window(0, LOWEST_2));
    after(window(1, LOWEST_2));
    SortedMap<Integer, LayerStatistics> three = new TreeMap<>();
    for (int layer = 0; layer < 3; layer++) {
      three.put(layer, Examples.layer(1, 0.1, 1_000));
    }

    assertThat(after(window(2, 4, three)))
        .isEqualTo(new Collecting(2, 3, "incomplete: 1 of 4 layers missing: 3"));
    assertThat(after(window(3, LOWEST_2))).isInstanceOf(Candidate.class);
  }

  @Test
  void aWindowOfTooFewTokensNeitherAddsNorBreaks() {
    after(window(0, LOWEST_2));

    assertThat(after(windowOfTokens(1, 99, LOWEST_3)))
        .isEqualTo(new Collecting(1, 3, "99 tokens, fewer than 100"));
    assertThat(after(windowOfTokens(2, 100, LOWEST_2))).isEqualTo(new Collecting(2, 3, ""));
  }

  @Test
  void anUndefinedOrWeakScoreIsAReasonInWords() {
    assertThat(after(nearZeroInLayer3(0, 0)))
        .isEqualTo(
            new Collecting(
                0, 3, "AVSS of layer 3 is undefined: no activation lies below threshold 0.01"));
    assertThat(after(nearZeroInLayer3(1, 42)))
        .isEqualTo(
            new Collecting(
                0,
                3,
                "AVSS of layer 3 is weak: 42 activations lie below the threshold,"
                    + " fewer than 100"));
  }

  @Test
  void aProtectedLayerMayBeUndefinedAndIsNeverProposed() {
    PruningPolicy guarded = new PruningPolicy(criteria(0.25, 3));
    List<ModelScores> windows =
        List.of(nearZeroInLayer3(0, 0), nearZeroInLayer3(1, 0), nearZeroInLayer3(2, 0));

    PruningProposal proposal = proposal(guarded.decide(guarded.initial(), windows));

    assertThat(proposal.layers()).containsExactly(2);
    assertThat(proposal.protectedLayers()).containsExactly(3);
    assertThat(proposal.evidence()).extracting(LayerEvidence::layer).containsExactly(2, 1, 0);

    PruningPolicy protectsLowest = new PruningPolicy(criteria(0.25, 2));
    List<ModelScores> defined =
        List.of(window(0, LOWEST_2), window(1, LOWEST_2), window(2, LOWEST_2));
    PruningProposal next = proposal(protectsLowest.decide(protectsLowest.initial(), defined));
    assertThat(next.layers()).containsExactly(3);
    assertThat(next.evidence()).extracting(LayerEvidence::layer).containsExactly(2, 3, 1, 0);
  }

  @Test
  void otherLowestLayersRestartTheCountFromThatWindow() {
    after(window(0, LOWEST_2));
    after(window(1, LOWEST_2));

    assertThat(after(window(2, LOWEST_3)))
        .isEqualTo(new Collecting(1, 3, "the lowest layers changed from [2] to [3]"));
    assertThat(after(window(3, LOWEST_3))).isEqualTo(new Collecting(2, 3, ""));
    assertThat(proposal(after(window(4, LOWEST_3))).layers()).containsExactly(3);
  }

  @Test
  void windowsScoredAtAnotherThresholdDoNotCompare() {
    after(window(0, LOWEST_2));
    ModelScores scores = window(1, LOWEST_2);

    assertThat(
            after(
                new ModelScores(
                    scores.model(),
                    scores.shape(),
                    scores.site(),
                    scores.window(),
                    scores.sources(),
                    0.02,
                    scores.layers())))
        .isEqualTo(new Collecting(1, 3, "the sparsity threshold or the number of layers changed"));
  }

  @Test
  void aProposedLayerWhoseScoreVariesTooMuchWaits() {
    after(window(0, 5, 4, 1, 3));
    after(window(1, 5, 4, 2, 3));

    // 1, 2, 1: mean 4/3, deviation √2/3.
    assertThat(after(window(2, 5, 4, 1, 3)))
        .isEqualTo(
            new Collecting(3, 3, "AVSS of layer 2 varies by 0.35 of its mean, more than 0.25"));
    // 2, 1, 1 still; then 1, 1, 1.
    assertThat(after(window(3, 5, 4, 1, 3))).isInstanceOf(Collecting.class);
    assertThat(after(window(4, 5, 4, 1, 3))).isInstanceOf(Candidate.class);
  }

  @Test
  void theSpreadOfALayerThatStaysDoesNotMatter() {
    after(window(0, 50, 4, 1, 3));
    after(window(1, 5, 4, 1, 3));

    assertThat(after(window(2, 500, 4, 1, 3))).isInstanceOf(Candidate.class);
  }

  @Test
  void aCandidateIsRefreshedWhileItHolds() {
    candidate();

    PruningProposal refreshed = proposal(after(windowOfTokens(3, 3_000, LOWEST_2)));

    assertThat(refreshed.windows()).isEqualTo(3);
    assertThat(refreshed.span().start()).isEqualTo(Instant.ofEpochSecond(60));
    assertThat(refreshed.tokens()).isEqualTo(5_000);
  }

  @Test
  void aSingleDissentingWindowDoesNotToppleACandidate() {
    RecommendationState before = candidate();

    assertThat(after(window(3, LOWEST_3))).isEqualTo(before);
    assertThat(after(window(4, LOWEST_2))).isEqualTo(before);
    assertThat(after(window(5, LOWEST_3))).isEqualTo(before);
  }

  @Test
  void dissentingWindowsInARowWithdrawACandidateAndCollectingBeginsAgain() {
    RecommendationState before = candidate();

    assertThat(after(window(3, LOWEST_3))).isEqualTo(before);
    assertThat(after(windowOfTokens(4, 10, LOWEST_2))).isEqualTo(before);
    assertThat(after(window(5, LOWEST_3)))
        .isEqualTo(
            new Withdrawn(
                proposal(before),
                List.of(2),
                "other layers scored lowest in 2 windows in a row, last [3]"));
    assertThat(after(window(6, LOWEST_2)))
        .isEqualTo(new Collecting(1, 3, "the lowest layers changed from [3] to [2]"));
  }

  @Test
  void dissentThatAgreesWithItselfCountsTowardsTheNextCandidate() {
    candidate();
    after(window(3, LOWEST_3));
    assertThat(after(window(4, LOWEST_3))).isInstanceOf(Withdrawn.class);

    assertThat(proposal(after(window(5, LOWEST_3))).layers()).containsExactly(3);
  }

  @Test
  void aModelTooSmallForTheShareIsToldSo() {
    assertThat(after(window(0, 1, 2, 3)))
        .isEqualTo(new Collecting(0, 3, "share 0.25 of 3 layers is less than one layer"));
  }

  @Test
  void aModelWhoseLayersAreAllProtectedIsToldSo() {
    PruningPolicy guarded = new PruningPolicy(criteria(0.25, 0, 1, 2, 3));

    assertThat(guarded.decide(guarded.initial(), List.of(window(0, LOWEST_2))))
        .isEqualTo(new Collecting(0, 3, "every layer is protected"));
    assertThat(guarded.decide(candidate(), List.of(window(0, LOWEST_2))))
        .isEqualTo(new Withdrawn(proposal(candidate()), List.of(2), "every layer is protected"));
  }

  @Test
  void onlyTheWindowsNeededMatter() {
    candidate();
    List<ModelScores> latest =
        history.subList(history.size() - policy.windowsNeeded(), history.size());
    List<ModelScores> withOlder =
        Stream.concat(Stream.of(window(-1, LOWEST_3)), latest.stream()).toList();

    assertThat(policy.decide(policy.initial(), withOlder))
        .isEqualTo(policy.decide(policy.initial(), latest));
  }

  @Test
  void aHistoryOutOfOrderOrOfAnotherSiteIsRefused() {
    assertThatThrownBy(
            () ->
                policy.decide(policy.initial(), List.of(window(1, LOWEST_2), window(0, LOWEST_2))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "history: expected windows of one model at relative-contribution, oldest first");
  }

  private RecommendationState candidate() {
    history.clear();
    state = policy.initial();
    after(window(0, LOWEST_2));
    after(window(1, LOWEST_2));
    return after(window(2, LOWEST_2));
  }

  private RecommendationState after(ModelScores window) {
    history.add(window);
    state = policy.decide(state, history);
    return state;
  }

  private static PruningProposal proposal(RecommendationState state) {
    assertThat(state).isInstanceOf(Candidate.class);
    return ((Candidate) state).proposal();
  }

  private static ModelScores nearZeroInLayer3(int index, long nearZero) {
    SortedMap<Integer, LayerStatistics> layers = new TreeMap<>();
    layers.put(0, Examples.layer(5, 0.1, 1_000));
    layers.put(1, Examples.layer(4, 0.1, 1_000));
    layers.put(2, Examples.layer(1, 0.1, 1_000));
    layers.put(3, Examples.layer(3, 0.1, 1_000, nearZero));
    return window(index, 4, layers);
  }

  private static PruningCriteria criteria(double share, Integer... protectedLayers) {
    return new PruningCriteria(
        3,
        share,
        Ranking.AVSS,
        Examples.SITE,
        0.9,
        0.25,
        100,
        new TreeSet<>(Set.of(protectedLayers)),
        2);
  }
}
