package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * One number of an evaluation, of the full model and beside it of the pruned one.
 *
 * @param key its name for programs
 * @param label its name for people
 * @param full the full model's; empty for what compares both
 * @param pruned the pruned model's; empty where nothing is pruned
 * @param ratio pruned ÷ full; empty where that says nothing
 * @param ratioError standard error of the ratio; infinite where the examples do not tell, empty
 *     where none is measured
 */
record Measure(
    String key,
    String label,
    OptionalDouble full,
    OptionalDouble pruned,
    OptionalDouble ratio,
    OptionalDouble ratioError) {

  /** Without an error. */
  private Measure(
      String key, String label, OptionalDouble full, OptionalDouble pruned, OptionalDouble ratio) {
    this(key, label, full, pruned, ratio, OptionalDouble.empty());
  }

  /** A model's results: the full one's, and the pruned one's where there is one. */
  record Results(List<Integer> layers, Tally full, Optional<Tally> pruned) {

    private LanguageModeling modeling() {
      return full.right().modeling(full.examples());
    }

    private Optional<PruningEffect> effect() {
      return pruned.map(tally -> tally.right().effect(layers, modeling(), tally.correct()));
    }
  }

  /** The measures of a task, in the order in which they are shown. */
  static List<Measure> of(EvaluationTask task, Results results) {
    return switch (task) {
      case LANGUAGE_MODELING -> predictions(results.modeling(), results.effect());
      case ANSWER_LIKELIHOOD -> {
        List<Measure> measures = new ArrayList<>(predictions(results.modeling(), results.effect()));
        measures.add(share("exactAnswers", "answers exact", results, Tally::exact));
        yield measures;
      }
      case MULTIPLE_CHOICE ->
          List.of(
              share("accuracy", "accuracy", results, Tally::chosen),
              share("normalizedAccuracy", "accuracy by mean", results, Tally::chosenByMean));
      case CLASSIFICATION ->
          List.of(
              share("accuracy", "accuracy", results, Tally::chosen), labelLogLikelihood(results));
    };
  }

  private static List<Measure> predictions(LanguageModeling full, Optional<PruningEffect> effect) {
    return List.of(
        new Measure(
            "negativeLogLikelihood",
            "nats per token",
            OptionalDouble.of(full.negativeLogLikelihood()),
            of(effect, one -> one.pruned().negativeLogLikelihood()),
            OptionalDouble.empty()),
        new Measure(
            "perplexity",
            "perplexity",
            OptionalDouble.of(full.perplexity()),
            of(effect, one -> one.pruned().perplexity()),
            of(effect, PruningEffect::perplexityRatio)),
        new Measure(
            "accuracy",
            "next-token accuracy",
            OptionalDouble.of(full.accuracy()),
            of(effect, one -> one.pruned().accuracy()),
            of(effect, PruningEffect::accuracyRetained),
            of(effect, PruningEffect::retainedError)),
        comparison(
            "topOneAgreement", "top-1 agreement", of(effect, PruningEffect::topOneAgreement)),
        comparison(
            "meanKullbackLeibler",
            "KL from full, nats",
            of(effect, PruningEffect::meanKullbackLeibler)));
  }

  private static Measure comparison(String key, String label, OptionalDouble pruned) {
    return new Measure(key, label, OptionalDouble.empty(), pruned, OptionalDouble.empty());
  }

  private static Measure labelLogLikelihood(Results results) {
    Function<Tally, Double> mean = tally -> tally.right().logLikelihood() / tally.examples();
    return new Measure(
        "labelLogLikelihood",
        "log likelihood of label",
        OptionalDouble.of(mean.apply(results.full())),
        of(results.pruned(), mean),
        OptionalDouble.empty());
  }

  /** A share of examples; nothing is retained of nothing, as in PruningEffect. */
  private static Measure share(
      String key, String label, Results results, ToLongFunction<Tally> counted) {
    Function<Tally, Double> share = tally -> tally.share(counted.applyAsLong(tally));
    double full = share.apply(results.full());
    return new Measure(
        key,
        label,
        OptionalDouble.of(full),
        of(results.pruned(), share),
        of(results.pruned(), tally -> full == 0 ? 0 : share.apply(tally) / full));
  }

  private static <T> OptionalDouble of(Optional<T> from, Function<T, Double> value) {
    return from.map(value).map(OptionalDouble::of).orElseGet(OptionalDouble::empty);
  }
}
