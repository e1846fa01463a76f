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
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures a candidate: first all of its layers, then, while what is retained stays below the gate
 * on some text, without the most important of them. So the first set that passes is the largest
 * beginning of the ranking that does.
 */
final class CandidateMeasurement {

  private static final Logger LOG = LoggerFactory.getLogger(CandidateMeasurement.class);

  private final LanguageModel model;
  private final List<EvaluationSet> texts;
  private final double gate;
  private final TimeShare share;
  private final String instance;
  private final InstantSource clock;

  CandidateMeasurement(
      LanguageModel model,
      List<EvaluationSet> texts,
      double gate,
      TimeShare share,
      String instance,
      InstantSource clock) {
    this.model = model;
    this.texts = List.copyOf(texts);
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
    Optional<Effect> first = Optional.empty();
    for (int count = ranked.size(); count > 0; count--) {
      List<Effect> effects = effects(ranked.subList(0, count));
      effects.forEach(one -> attempts.add(Attempt.of(one.effect(), one.dataset())));
      Effect least = Collections.min(effects, Comparator.comparingDouble(Effect::share));
      if (effects.stream().allMatch(one -> one.effect().retained().reaches(gate))) {
        return evaluation(candidate, least, attempts);
      }
      first = first.or(() -> Optional.of(least));
      if (effects.stream().anyMatch(one -> Double.isInfinite(one.effect().retainedError()))) {
        // A text that does not tell will not tell of fewer layers either.
        break;
      }
    }
    return evaluation(candidate, first.orElseThrow(), attempts);
  }

  /** What leaving out layers does on one text. */
  private record Effect(PruningEffect effect, String dataset) {

    double share() {
      return effect.accuracyRetained();
    }
  }

  private List<Effect> effects(List<Integer> layers) throws InterruptedException {
    List<Effect> effects = new ArrayList<>();
    for (EvaluationSet text : texts) {
      effects.add(new Effect(effect(layers, text), text.name()));
    }
    return effects;
  }

  private PruningEffect effect(List<Integer> layers, EvaluationSet text)
      throws InterruptedException {
    var evaluation = new LanguageModelingEvaluation(model, List.of(layers));
    for (int[] sequence : text.sequences()) {
      long start = System.nanoTime();
      evaluation.add(sequence);
      share.rest(System.nanoTime() - start);
    }
    PruningEffect effect = evaluation.effects().get(0);
    double guess = text.constantGuess();
    if (effect.full().accuracy() > guess) {
      return effect;
    }
    LOG.warn(
        "{}: the model predicts {} of its tokens, and the most frequent token alone would {}:"
            + " nothing can be verified on it",
        text.name(),
        effect.full().accuracy(),
        guess);
    return effect.withUnknownError();
  }

  private PruningEvaluation evaluation(
      PruningProposal candidate, Effect least, List<Attempt> attempts) {
    return new PruningEvaluation(
        model.id(),
        candidate.layers(),
        least.effect(),
        attempts,
        gate,
        least.dataset(),
        instance,
        clock.instant());
  }
}
