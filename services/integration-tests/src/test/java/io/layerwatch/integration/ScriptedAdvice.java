package io.layerwatch.integration;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.evaluation.LanguageModeling;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningProposal;
import io.layerwatch.analysis.pruning.PruningProposal.LayerEvidence;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.PruningReview;
import io.layerwatch.analysis.pruning.PruningReview.Decision;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a recommender hears of one model of four layers: windows, measurements and reviews. */
final class ScriptedAdvice {

  private final Instant base = Instant.now().minusSeconds(7_200).truncatedTo(ChronoUnit.MINUTES);

  final ModelId model;
  private final Topics topics;
  private final KafkaOnlooker kafka;
  private int minute;

  ScriptedAdvice(Topics topics, KafkaOnlooker kafka, String key) {
    this.model = ModelId.parse(key);
    this.topics = topics;
    this.kafka = kafka;
  }

  /** The next windows, in which that layer scores lowest. */
  void windows(int count, int lowest) {
    for (int i = 0; i < count; i++) {
      send(topics.layerScores(), window(lowest));
    }
  }

  private ModelScores window(int lowest) {
    minute++;
    TreeMap<Integer, LayerStatistics> layers = new TreeMap<>();
    for (int layer = 0; layer < 4; layer++) {
      double avss = layer == lowest ? 1 : 5 + layer;
      // 1,000 activations, a tenth near zero.
      layers.put(
          layer,
          new LayerStatistics(
              500,
              0,
              new Moments(1_000, 0, 100 * avss, -9, 9),
              0,
              new NearZeroLadder(new double[] {0.01}, new long[] {100}),
              0,
              450));
    }
    return ModelScores.of(
        model,
        new ModelShape(4, 10, 100, 5, 40),
        "relative-contribution",
        TimeWindow.of(base.plusSeconds(60L * minute), Duration.ofMinutes(1)),
        Sources.complete(List.of("host-1")),
        0.01,
        layers);
  }

  /** A measurement of those layers, in which 95 % of the accuracy is retained. */
  void passes(Integer... layers) {
    send(topics.pruningEvaluations(), evaluation(layers));
  }

  PruningEvaluation evaluation(Integer... layers) {
    PruningEffect effect =
        new PruningEffect(
            List.of(layers),
            new LanguageModeling(3, 100, 1.5, 0.5),
            new LanguageModeling(3, 100, 1.6, 0.475),
            0.8,
            0.1,
            0.01);
    return new PruningEvaluation(
        model,
        List.of(layers),
        effect,
        List.of(Attempt.of(effect, "text")),
        0.9,
        "text",
        "host",
        Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  /** What a recommender makes of those windows and that measurement. */
  PruningRecommendation verified(Integer... layers) {
    List<LayerEvidence> evidence =
        Stream.of(layers)
            .map(layer -> new LayerEvidence(layer, 1, 0, OptionalDouble.empty(), true))
            .toList();
    PruningProposal proposal =
        new PruningProposal(
            List.of(layers),
            List.of(),
            evidence,
            List.of(),
            0,
            List.of(),
            3,
            TimeWindow.of(base, Duration.ofMinutes(3)),
            1_500,
            10,
            0.1,
            0.125);
    return new PruningRecommendation(
        model,
        base,
        "relative-contribution",
        Ranking.AVSS,
        4,
        3,
        new Verified(proposal, evaluation(layers), Optional.empty()));
  }

  PruningReview review(Decision decision, Integer... layers) {
    return new PruningReview(
        model, List.of(layers), decision, "ann", "", Instant.now().truncatedTo(ChronoUnit.MILLIS));
  }

  <T> void send(Topic<T> topic, T value) {
    sendBytes(topic, topic.serde().serializer().serialize(topic.name(), value));
  }

  void sendBytes(Topic<?> topic, byte[] value) {
    kafka.sendBytes(topic.name(), model.key(), Instant.now(), value);
  }
}
