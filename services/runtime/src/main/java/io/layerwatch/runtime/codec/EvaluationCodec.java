package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.evaluation.Retained;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import org.apache.avro.Schema;

/** Measurements of candidates on the wire. */
public final class EvaluationCodec
    implements AvroCodec<PruningEvaluation, io.layerwatch.schema.PruningEvaluation> {

  @Override
  public Class<io.layerwatch.schema.PruningEvaluation> avroClass() {
    return io.layerwatch.schema.PruningEvaluation.class;
  }

  @Override
  public Schema schema() {
    return io.layerwatch.schema.PruningEvaluation.getClassSchema();
  }

  @Override
  public io.layerwatch.schema.PruningEvaluation toAvro(PruningEvaluation value) {
    PruningEffect effect = value.effect();
    return io.layerwatch.schema.PruningEvaluation.newBuilder()
        .setModel(value.model().name())
        .setRevision(value.model().revision())
        .setCandidate(value.candidate())
        .setLayers(effect.layers())
        .setEvaluatedAt(value.evaluatedAt())
        .setInstance(value.instance())
        .setDataset(value.dataset())
        .setSequences(effect.full().sequences())
        .setTokens(effect.full().tokens())
        .setNegativeLogLikelihood(effect.full().negativeLogLikelihood())
        .setPrunedNegativeLogLikelihood(effect.pruned().negativeLogLikelihood())
        .setPerplexityRatio(effect.perplexityRatio())
        .setAccuracy(effect.full().accuracy())
        .setPrunedAccuracy(effect.pruned().accuracy())
        .setAccuracyRetained(effect.accuracyRetained())
        .setAccuracyRetainedError(known(effect.retainedError()))
        .setTopOneAgreement(effect.topOneAgreement())
        .setMeanKullbackLeibler(effect.meanKullbackLeibler())
        .setGate(value.gate())
        .setPassed(value.passed())
        .setAttempts(value.attempts().stream().map(EvaluationCodec::toAvro).toList())
        .build();
  }

  private static io.layerwatch.schema.EvaluationAttempt toAvro(Attempt attempt) {
    return new io.layerwatch.schema.EvaluationAttempt(
        attempt.layers(),
        attempt.retained().share(),
        attempt.perplexityRatio(),
        known(attempt.retained().error()),
        attempt.dataset());
  }

  /** What is not known is null on the wire, and infinite here: no gate opens for it. */
  private static Double known(double error) {
    return Double.isFinite(error) ? error : null;
  }

  private static double error(Double known) {
    return known == null ? Double.POSITIVE_INFINITY : known;
  }

  @Override
  public PruningEvaluation fromAvro(io.layerwatch.schema.PruningEvaluation record) {
    return new PruningEvaluation(
        new ModelId(record.getModel(), record.getRevision()),
        record.getCandidate(),
        new PruningEffect(
            record.getLayers(),
            new LanguageModeling(
                record.getSequences(),
                record.getTokens(),
                record.getNegativeLogLikelihood(),
                record.getAccuracy()),
            new LanguageModeling(
                record.getSequences(),
                record.getTokens(),
                record.getPrunedNegativeLogLikelihood(),
                record.getPrunedAccuracy()),
            record.getTopOneAgreement(),
            record.getMeanKullbackLeibler(),
            error(record.getAccuracyRetainedError())),
        record.getAttempts().stream()
            .map(
                attempt ->
                    new Attempt(
                        attempt.getLayers(),
                        attempt.getDataset(),
                        new Retained(
                            attempt.getAccuracyRetained(),
                            error(attempt.getAccuracyRetainedError())),
                        attempt.getPerplexityRatio()))
            .toList(),
        record.getGate(),
        record.getDataset(),
        record.getInstance(),
        record.getEvaluatedAt());
  }
}
