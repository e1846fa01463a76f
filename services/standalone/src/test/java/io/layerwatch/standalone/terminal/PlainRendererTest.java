package io.layerwatch.standalone.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PlainRendererTest {

  @Test
  void aWindowIsALineAndEachOfItsLayersAnother() {
    assertThat(PlainRenderer.window(Examples.window(Examples.SITE, 500, 1, 3), 7))
        .containsExactly(
            "window 7 2026-01-01T12:00:00Z 2026-01-01T12:00:05Z demo@r1 relative-contribution"
                + " tokens=500 instances=1 complete",
            "  layer=0 normalizedAvss=0.250 avss=1.00000 variance=0.100000 sparsity=0.100000"
                + " blockInfluence=0.25000 nonFinite=0 DEFINED",
            "  layer=1 normalizedAvss=0.750 avss=3.00000 variance=0.300000 sparsity=0.100000"
                + " blockInfluence=0.25000 nonFinite=3 DEFINED");
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(PlainRenderer.window(Examples.silence(2), 1).get(0))
        .endsWith("incomplete: no token was seen");
  }

  @Test
  void collectingIsSaidInWords() {
    assertThat(PlainRenderer.recommendation(Examples.advice(new Collecting(4, 10, ""))))
        .containsExactly("recommendation demo@r1 collecting: 4 of 10 windows");
  }

  @Test
  void driftIsALine() {
    assertThat(PlainRenderer.drift(Examples.drift(7, true)))
        .isEqualTo(
            "drift raised demo@r1 relative-contribution layer=7 AVSS is 1.50 times its baseline of"
                + " 12 windows");
    assertThat(PlainRenderer.drift(Examples.drift(7, false))).startsWith("drift cleared demo@r1 ");
  }

  @Test
  void aCandidateComesWithItsEvidence() {
    assertThat(PlainRenderer.recommendation(Examples.advice(new Candidate(Examples.proposal()))))
        .containsExactly(
            "recommendation demo@r1 candidate: layers [1] score lowest in 10 windows; not"
                + " measured",
            "  removes 10.0 % of the parameters, 12.5 % of the compute; 5000 tokens of evidence",
            "  stable only means that the result repeats: measure before you prune",
            "  an instance with instrumentation.verifier.data measures it; none has answered yet",
            "  block influence would take [2] (agreement 0.00)");
  }

  @Test
  void whatWasMeasuredIsShownWithItsFigures() {
    String measured = "  measured on 1000 tokens of text.jsonl, ± two standard errors:";
    String figures =
        "    next-token accuracy 0.500, without [1] 0.450; same top token 80.0 %, KL 0.250 nats";
    assertThat(
            PlainRenderer.recommendation(
                Examples.advice(
                    new Verified(
                        Examples.proposal(), Examples.evaluation(0.88), Optional.empty()))))
        .containsExactly(
            "recommendation demo@r1 verified: without layers [1] 90.0 ± 2.0 % of next-token accuracy is"
                + " retained, perplexity × 1.65",
            "  removes 10.0 % of the parameters, 12.5 % of the compute; 5000 tokens of evidence",
            measured,
            figures,
            "    without [1]: 90.0 ± 2.0 % retained, perplexity × 1.65",
            "  block influence would take [2] (agreement 0.00)");
    assertThat(
            PlainRenderer.recommendation(
                Examples.advice(new Rejected(Examples.proposal(), Examples.evaluation(0.95)))))
        .containsExactly(
            "recommendation demo@r1 rejected: without layers [1] 90.0 ± 2.0 % of next-token accuracy is"
                + " retained, perplexity × 1.65, and no beginning of their ranking surely keeps 95.0 % on every text; other sets were not measured",
            measured,
            figures,
            "    without [1]: 90.0 ± 2.0 % retained, perplexity × 1.65, less than asked for",
            "  block influence would take [2] (agreement 0.00)");
  }

  @Test
  void ofSeveralTextsEachIsNamed() {
    assertThat(
            PlainRenderer.recommendation(
                Examples.advice(
                    new Rejected(Examples.proposal(), Examples.evaluationOfTwoTexts(0.89)))))
        .contains(
            "  measured on 1000 tokens of text.jsonl, the text that retains least, ± two standard errors:",
            "    without [1]: 90.0 ± 2.0 % retained, perplexity × 1.65 on text.jsonl, not surely"
                + " enough",
            "    without [1]: 95.0 ± 1.0 % retained, perplexity × 1.20 on other.txt");
  }

  @Test
  void aWithdrawalSaysWhy() {
    assertThat(
            PlainRenderer.recommendation(
                Examples.advice(
                    new Withdrawn(Examples.proposal(), List.of(1), "others scored lower"))))
        .containsExactly("recommendation demo@r1 withdrawn: layers [1] (others scored lower)");
  }
}
