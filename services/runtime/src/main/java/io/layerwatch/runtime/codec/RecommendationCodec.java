package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.schema.RecommendationStatus;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;

/** Pruning recommendations on the wire. */
public final class RecommendationCodec
    implements AvroCodec<PruningRecommendation, io.layerwatch.schema.PruningRecommendation> {

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
    if (state instanceof Collecting collecting) {
      record.setStatus(RecommendationStatus.COLLECTING);
      record.setWindowsStable(collecting.windowsStable());
      record.setReason(collecting.reason());
    } else if (state instanceof Candidate candidate) {
      record.setStatus(RecommendationStatus.CANDIDATE);
      record.setReason(candidate.describe());
      write(record, candidate.proposal());
    } else if (state instanceof Withdrawn withdrawn) {
      record.setStatus(RecommendationStatus.WITHDRAWN);
      record.setReason(withdrawn.reason());
      write(record, withdrawn.proposal());
    }
    return record;
  }

  private static void write(
      io.layerwatch.schema.PruningRecommendation record, PruningProposal proposal) {
    record.setWindowsStable(proposal.windows());
    record.setFirstWindowStart(proposal.span().start());
    record.setLastWindowEnd(proposal.span().end());
    record.setTokens(proposal.tokens());
    record.setLayers(proposal.layers());
    record.setProtectedLayers(proposal.protectedLayers());
    record.setBlockInfluenceLayers(proposal.blockInfluenceLayers());
    record.setBlockInfluenceAgreement(proposal.blockInfluenceAgreement());
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
        Ranking.ofId(record.getScore())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "score: expected one of "
                            + Ranking.ids()
                            + ", got \""
                            + record.getScore()
                            + "\"")),
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
      case WITHDRAWN -> new Withdrawn(proposal(record), record.getReason());
      case VERIFIED, REJECTED ->
          throw new IllegalArgumentException(
              "status: expected COLLECTING, CANDIDATE or WITHDRAWN, got " + record.getStatus());
    };
  }

  private static PruningProposal proposal(io.layerwatch.schema.PruningRecommendation record) {
    return new PruningProposal(
        record.getLayers(),
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
        record.getWindowsStable(),
        new TimeWindow(record.getFirstWindowStart(), record.getLastWindowEnd()),
        record.getTokens(),
        record.getParametersRemoved(),
        record.getParametersShare(),
        record.getComputeShare());
  }
}
