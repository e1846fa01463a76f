package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.score.ModelScores;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecord;

/** Nothing is lost between a value and its bytes. */
class CodecProperties {

  @Property(tries = 300)
  void aSummaryComesBackAsItWas(@ForAll long seed) throws IOException {
    ActivationSummary summary = new Generated(seed).summary();
    assertThat(throughBytes(new SummaryCodec(), summary)).isEqualTo(summary);
  }

  @Property(tries = 300)
  void aRecommendationComesBackAsItWas(@ForAll long seed) throws IOException {
    PruningRecommendation recommendation = new Generated(seed).recommendation();
    assertThat(throughBytes(new RecommendationCodec(), recommendation)).isEqualTo(recommendation);
  }

  @Property(tries = 300)
  void anEvaluationComesBackAsItWas(@ForAll long seed) throws IOException {
    PruningEvaluation evaluation = new Generated(seed).evaluation();
    assertThat(throughBytes(new EvaluationCodec(), evaluation)).isEqualTo(evaluation);
  }

  @Property(tries = 100)
  void aReviewComesBackAsItWas(@ForAll long seed) throws IOException {
    PruningReview review = new Generated(seed).review();
    assertThat(throughBytes(new ReviewCodec(), review)).isEqualTo(review);
  }

  @Property(tries = 100)
  void driftComesBackAsItWas(@ForAll long seed) throws IOException {
    LayerDrift drift = new Generated(seed).drift();
    assertThat(throughBytes(new DriftCodec(), drift)).isEqualTo(drift);
  }

  /** Means travel instead of sums, so numbers may differ by rounding. */
  @Property(tries = 300)
  void scoresComeBackUpToRounding(@ForAll long seed) throws IOException {
    ModelScores scores = new Generated(seed).scores();
    ModelScores back = throughBytes(new ScoresCodec(), scores);
    assertThat(back)
        .usingRecursiveComparison()
        .withComparatorForType(CodecProperties::upToRounding, Double.class)
        .isEqualTo(scores);
  }

  private static int upToRounding(double a, double b) {
    return Math.abs(a - b) <= 1e-12 * Math.max(1, Math.abs(a)) ? 0 : Double.compare(a, b);
  }

  private static <T, A extends SpecificRecord> T throughBytes(AvroCodec<T, A> codec, T value)
      throws IOException {
    TrustedClasses.register();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(codec.avroClass()).write(codec.toAvro(value), encoder);
    encoder.flush();
    var decoder = DecoderFactory.get().binaryDecoder(bytes.toByteArray(), null);
    return codec.fromAvro(new SpecificDatumReader<>(codec.avroClass()).read(null, decoder));
  }
}
