package io.layerwatch.instrumentation.verify;

import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.instrumentation.evaluate.LanguageModelingEvaluation;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Measures a candidate: first all of its layers, then, while what is retained stays below the gate,
 * without the most important of them. So the first set that passes is the largest beginning of the
 * ranking that does.
 */
final class CandidateMeasurement {

  private final LanguageModel model;
  private final EvaluationSet data;
  private final double gate;
  private final TimeShare share;
  private final String instance;
  private final InstantSource clock;

  CandidateMeasurement(
      LanguageModel model,
      EvaluationSet data,
      double gate,
      TimeShare share,
      String instance,
      InstantSource clock) {
    this.model = model;
    this.data = data;
    this.gate = gate;
    this.share = share;
    this.instance = instance;
    this.clock = clock;
  }

  /**
   * Measures until a set passes or none is left.
   *
   * @throws InterruptedException when the thread is interrupted between two sequences
   * @throws io.layerwatch.instrumentation.model.InferenceStoppedException when it is within one
   */
  PruningEvaluation of(PruningProposal candidate) throws InterruptedException {
    List<Integer> ranked =
        candidate.evidence().stream()
            .filter(LayerEvidence::proposed)
            .map(LayerEvidence::layer)
            .toList();
    List<Attempt> attempts = new ArrayList<>();
    Optional<PruningEffect> first = Optional.empty();
    for (int count = ranked.size(); count > 0; count--) {
      PruningEffect effect = effect(ranked.subList(0, count));
      attempts.add(Attempt.of(effect));
      if (effect.accuracyRetained() >= gate) {
        return evaluation(candidate, effect, attempts);
      }
      first = first.or(() -> Optional.of(effect));
    }
    return evaluation(candidate, first.orElseThrow(), attempts);
  }

  private PruningEffect effect(List<Integer> layers) throws InterruptedException {
    var evaluation = new LanguageModelingEvaluation(model, List.of(layers));
    for (int[] sequence : data.sequences()) {
      long start = System.nanoTime();
      evaluation.add(sequence);
      share.rest(System.nanoTime() - start);
    }
    return evaluation.effects().get(0);
  }

  private PruningEvaluation evaluation(
      PruningProposal candidate, PruningEffect effect, List<Attempt> attempts) {
    return new PruningEvaluation(
        model.id(),
        candidate.layers(),
        effect,
        attempts,
        gate,
        data.name(),
        instance,
        clock.instant());
  }
}
