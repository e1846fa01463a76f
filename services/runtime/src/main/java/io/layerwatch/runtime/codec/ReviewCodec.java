package io.layerwatch.runtime.codec;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.schema.ReviewDecision;
import org.apache.avro.Schema;

/** Reviews of recommendations on the wire. */
public final class ReviewCodec
    implements AvroCodec<PruningReview, io.layerwatch.schema.PruningReview> {

  @Override
  public Class<io.layerwatch.schema.PruningReview> avroClass() {
    return io.layerwatch.schema.PruningReview.class;
  }

  @Override
  public Schema schema() {
    return io.layerwatch.schema.PruningReview.getClassSchema();
  }

  @Override
  public io.layerwatch.schema.PruningReview toAvro(PruningReview value) {
    return io.layerwatch.schema.PruningReview.newBuilder()
        .setModel(value.model().name())
        .setRevision(value.model().revision())
        .setLayers(value.layers())
        .setDecision(ReviewDecision.valueOf(value.decision().name()))
        .setReviewer(value.reviewer())
        .setComment(value.comment())
        .setReviewedAt(value.reviewedAt())
        .build();
  }

  @Override
  public PruningReview fromAvro(io.layerwatch.schema.PruningReview record) {
    return new PruningReview(
        new ModelId(record.getModel(), record.getRevision()),
        record.getLayers(),
        decision(record.getDecision()),
        record.getReviewer(),
        record.getComment(),
        record.getReviewedAt());
  }

  private static Decision decision(ReviewDecision decision) {
    return switch (decision) {
      case APPROVED -> Decision.APPROVED;
      case DISCARDED -> Decision.DISCARDED;
      case NONE ->
          throw new IllegalArgumentException("decision: expected APPROVED or DISCARDED, got NONE");
    };
  }
}
