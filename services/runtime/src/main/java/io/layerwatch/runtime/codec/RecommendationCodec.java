package io.layerwatch.runtime.codec;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.PruningProposal.OtherRanking;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Discarded;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.schema.RecommendationStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;

/** Pruning recommendations on the wire. */
public final class RecommendationCodec
    implements AvroCodec<PruningRecommendation, io.layerwatch.schema.PruningRecommendation> {

  private static final EvaluationCodec EVALUATIONS = new EvaluationCodec();
  private static final ReviewCodec REVIEWS = new ReviewCodec();

  /** What only a proposal has; the record's defaults would look like figures of one. */
  private static final List<String> OF_A_PROPOSAL =
      List.of(
          "firstWindowStart",
          "lastWindowEnd",
          "tokens",
          "parametersRemoved",
          "parametersShare",
          "computeShare");

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The record as one line of JSON, in the schema's names; times in ISO 8601, and null for what is
   * not there.
   */
  public String json(PruningRecommendation recommendation) {
    try {
      ObjectNode record = (ObjectNode) JSON.readTree(toAvro(recommendation).toString());
      if (recommendation.state().proposed().isEmpty()) {
        OF_A_PROPOSAL.forEach(record::putNull);
      }
      if (record.path("reason").asText().isEmpty()) {
        record.putNull("reason");
      }
      return record.toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Class<io.layerwatch.schema.PruningRecommendation> avroClass() {
    return io.layerwatch.schema.PruningRecommendation.class;
  }

  @Override
  public Schema schema() {
    return io.layerwatch.schema.PruningRecommendation.getClassSchema();
  }

  @Override
  public io.layerwatch.schema.PruningRecommendation toAvro(PruningRecommendation value) {
    var record =
        io.layerwatch.schema.PruningRecommendation.newBuilder()
            .setModel(value.model().name())
            .setRevision(value.model().revision())
            .setUpdatedAt(value.updatedAt())
            .setSite(value.site())
            .setScore(value.ranking().id())
            .setLayerCount(value.layerCount())
            .setWindowsRequired(value.windowsRequired())
            .build();
    RecommendationState state = value.state();
    record.setStatus(status(state));
    record.setReason(reason(state));
    record.setLayers(state.layers());
    state.proposed().ifPresent(proposal -> write(record, proposal));
    if (state instanceof Collecting collecting) {
      record.setWindowsStable(collecting.windowsStable());
    } else if (state instanceof Verified verified) {
      record.setEvaluation(EVALUATIONS.toAvro(verified.evaluation()));
      verified.approval().ifPresent(review -> record.setReview(REVIEWS.toAvro(review)));
    } else if (state instanceof Rejected rejected) {
      record.setEvaluation(EVALUATIONS.toAvro(rejected.evaluation()));
    } else if (state instanceof Discarded discarded) {
      record.setReview(REVIEWS.toAvro(discarded.review()));
      discarded.evaluation().ifPresent(it -> record.setEvaluation(EVALUATIONS.toAvro(it)));
    }
    return record;
  }

  private static RecommendationStatus status(RecommendationState state) {
    if (state instanceof Collecting) {
      return RecommendationStatus.COLLECTING;
    } else if (state instanceof Candidate) {
      return RecommendationStatus.CANDIDATE;
    } else if (state instanceof Verified) {
      return RecommendationStatus.VERIFIED;
    } else if (state instanceof Rejected) {
      return RecommendationStatus.REJECTED;
    }
    // A discarded one, too: readers of 0.1.0 know no more.
    return RecommendationStatus.WITHDRAWN;
  }

  private static String reason(RecommendationState state) {
    if (state instanceof Collecting collecting) {
      return collecting.reason();
    }
    return state instanceof Withdrawn withdrawn ? withdrawn.reason() : state.describe();
  }

  private static void write(
      io.layerwatch.schema.PruningRecommendation record, PruningProposal proposal) {
    record.setWindowsStable(proposal.windows());
    record.setFirstWindowStart(proposal.span().start());
    record.setLastWindowEnd(proposal.span().end());
    record.setTokens(proposal.tokens());
    record.setCandidateLayers(proposal.layers());
    record.setProtectedLayers(proposal.protectedLayers());
    record.setBlockInfluenceLayers(proposal.blockInfluenceLayers());
    record.setBlockInfluenceAgreement(proposal.blockInfluenceAgreement());
    record.setOtherRankings(
        proposal.others().stream()
            .map(
                other ->
                    new io.layerwatch.schema.OtherRanking(
                        other.site(), other.ranking().id(), other.layers(), other.agreement()))
            .toList());
    record.setParametersRemoved(proposal.parametersRemoved());
    record.setParametersShare(proposal.parametersShare());
    record.setComputeShare(proposal.computeShare());
    List<io.layerwatch.schema.LayerEvidence> evidence = new ArrayList<>();
    for (LayerEvidence layer : proposal.evidence()) {
      evidence.add(
          new io.layerwatch.schema.LayerEvidence(
              layer.layer(),
              evidence.size(),
              layer.meanScore(),
              layer.spread(),
              StatisticsFields.orNull(layer.meanBlockInfluence()),
              layer.proposed()));
    }
    record.setEvidence(evidence);
  }

  @Override
  public PruningRecommendation fromAvro(io.layerwatch.schema.PruningRecommendation record) {
    return new PruningRecommendation(
        new ModelId(record.getModel(), record.getRevision()),
        record.getUpdatedAt(),
        record.getSite(),
        ranking(record.getScore()),
        record.getLayerCount(),
        record.getWindowsRequired(),
        state(record));
  }

  private static RecommendationState state(io.layerwatch.schema.PruningRecommendation record) {
    return switch (record.getStatus()) {
      case COLLECTING ->
          new Collecting(
              record.getWindowsStable(), record.getWindowsRequired(), record.getReason());
      case CANDIDATE -> new Candidate(proposal(record));
      case VERIFIED ->
          new Verified(
              proposal(record),
              evaluation(record),
              Optional.ofNullable(record.getReview()).map(REVIEWS::fromAvro));
      case REJECTED -> new Rejected(proposal(record), evaluation(record));
      case WITHDRAWN ->
          record.getReview() == null
              ? new Withdrawn(proposal(record), record.getLayers(), record.getReason())
              : new Discarded(
                  proposal(record),
                  Optional.ofNullable(record.getEvaluation()).map(EVALUATIONS::fromAvro),
                  REVIEWS.fromAvro(record.getReview()));
    };
  }

  private static PruningEvaluation evaluation(io.layerwatch.schema.PruningRecommendation record) {
    return EVALUATIONS.fromAvro(required("evaluation", record.getEvaluation()));
  }

  private static <T> T required(String field, T value) {
    if (value == null) {
      throw new IllegalArgumentException(field + ": expected one in this status, got none");
    }
    return value;
  }

  private static Ranking ranking(String id) {
    return Ranking.ofId(id)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "score: expected one of " + Ranking.ids() + ", got \"" + id + "\""));
  }

  private static PruningProposal proposal(io.layerwatch.schema.PruningRecommendation record) {
    return new PruningProposal(
        // Records of 0.1.0 have the layers only.
        record.getCandidateLayers().isEmpty() ? record.getLayers() : record.getCandidateLayers(),
        record.getProtectedLayers(),
        record.getEvidence().stream()
            .map(
                layer ->
                    new LayerEvidence(
                        layer.getLayer(),
                        layer.getMeanScore(),
                        layer.getSpread(),
                        StatisticsFields.optional(layer.getMeanBlockInfluence()),
                        layer.getProposed()))
            .toList(),
        record.getBlockInfluenceLayers(),
        StatisticsFields.optional(record.getBlockInfluenceAgreement()).orElse(0),
        record.getOtherRankings().stream()
            .map(
                other ->
                    new OtherRanking(
                        other.getSite(),
                        ranking(other.getScore()),
                        other.getLayers(),
                        other.getAgreement()))
            .toList(),
        record.getWindowsStable(),
        new TimeWindow(record.getFirstWindowStart(), record.getLastWindowEnd()),
        record.getTokens(),
        record.getParametersRemoved(),
        record.getParametersShare(),
        record.getComputeShare());
  }
}
