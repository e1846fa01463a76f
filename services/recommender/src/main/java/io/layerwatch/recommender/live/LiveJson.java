package io.layerwatch.recommender.live;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningEvaluation;
import io.layerwatch.analysis.pruning.PruningEvaluation.Attempt;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Rejected;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.export.ExportFormat;
import io.layerwatch.recommender.live.ProcessFigures.Raised;
import io.layerwatch.recommender.read.AdviceLines;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The parts of what {@link LiveEndpoint} answers. Figures have five digits that count. */
final class LiveJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final MathContext DIGITS = new MathContext(5);

  private LiveJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Which models there are to choose from, and at which sites. */
  static ArrayNode models(List<LiveView.Choice> models) {
    ArrayNode array = MAPPER.createArrayNode();
    for (LiveView.Choice model : models) {
      model.sites().forEach(array.addObject().put("key", model.key()).putArray("sites")::add);
    }
    return array;
  }

  /** The last window at a site. */
  static void window(ObjectNode node, LiveView.Chosen chosen) {
    node.put("seen", chosen.seen());
    chosen
        .last()
        .ifPresent(
            scores ->
                node.put("layerCount", scores.shape().layerCount())
                    .put("sparsityThreshold", scores.sparsityThreshold())
                    .put("instances", scores.instances().size()));
    node.put("silentEnd", chosen.silentEnd().map(Instant::toEpochMilli).orElse(null));
  }

  static ArrayNode windows(List<SiteHistory.Kept> windows) {
    ArrayNode array = MAPPER.createArrayNode();
    windows.forEach(kept -> write(kept, array.addObject()));
    return array;
  }

  private static void write(SiteHistory.Kept kept, ObjectNode node) {
    WindowFigures figures = kept.figures();
    node.put("change", kept.change())
        .put("start", figures.window().start().toEpochMilli())
        .put("end", figures.window().end().toEpochMilli())
        .put("tokens", figures.tokens())
        .put("incomplete", figures.incompleteReason().orElse(null));
    for (LayerFigure figure : LayerFigure.values()) {
      ArrayNode values = node.putArray(figure.id());
      for (int layer = 0; layer < figures.layerCount(); layer++) {
        figures
            .value(figure, layer)
            .ifPresentOrElse(value -> values.add(rounded(value)), values::addNull);
      }
    }
  }

  /** Where advice stands, in the words that every other view has. */
  static ObjectNode recommendation(PruningRecommendation recommendation) {
    RecommendationState state = recommendation.state();
    ObjectNode node =
        object()
            .put("status", state.getClass().getSimpleName().toLowerCase(Locale.ROOT))
            .put("text", state.describe())
            .put("updatedAt", recommendation.updatedAt().toEpochMilli())
            .put("site", recommendation.site())
            .put("ranking", recommendation.ranking().label());
    AdviceLines.of(state).forEach(node.putArray("lines")::add);
    AdviceLines.marked(state).forEach(node.putArray("marked")::add);
    ArrayNode exports = node.putArray("exports");
    if (state instanceof Verified verified) {
      Arrays.stream(ExportFormat.values()).map(ExportFormat::fileName).forEach(exports::add);
      node.set("measured", measured(verified.evaluation()));
    } else if (state instanceof Rejected rejected) {
      node.set("measured", measured(rejected.evaluation()));
    }
    return node;
  }

  /** Every set of layers on every text; the margin is two standard errors, or null. */
  private static ObjectNode measured(PruningEvaluation evaluation) {
    ObjectNode node = object().put("gate", evaluation.gate());
    ArrayNode attempts = node.putArray("attempts");
    for (Attempt attempt : evaluation.attempts()) {
      ObjectNode each =
          attempts
              .addObject()
              .put("dataset", attempt.dataset())
              .put("share", rounded(attempt.retained().share()))
              .put("words", attempt.retained().describe())
              .put("reaches", attempt.retained().reaches(evaluation.gate()));
      double margin = attempt.retained().share() - attempt.retained().atLeast();
      if (Double.isFinite(margin)) {
        each.put("margin", rounded(margin));
      } else {
        each.putNull("margin");
      }
      attempt.layers().forEach(each.putArray("layers")::add);
    }
    return node;
  }

  /**
   * What has left its baseline, as the topic says it, then what only a scorer in this process knows
   * of: since when and by how much is null where the topic no longer has it.
   */
  static ArrayNode drift(List<LayerDrift> drifting, List<Raised> raised) {
    ArrayNode array = MAPPER.createArrayNode();
    Set<List<Object>> told = new HashSet<>();
    for (LayerDrift drift : drifting) {
      told.add(List.of(drift.score(), drift.layer()));
      drift(
              array.addObject(),
              drift.score(),
              drift.layer(),
              Double.compare(drift.value(), drift.baseline()))
          .put("since", drift.windowEnd().toEpochMilli())
          .put("value", rounded(drift.value()))
          .put("baseline", rounded(drift.baseline()))
          .put("reason", drift.reason());
    }
    raised.stream()
        .filter(each -> !told.contains(List.<Object>of(each.score(), each.layer())))
        .forEach(
            each ->
                drift(array.addObject(), each.score(), each.layer(), each.direction())
                    .putNull("since")
                    .putNull("value")
                    .putNull("baseline")
                    .putNull("reason"));
    return array;
  }

  /** To which side a score went says nothing of activations that are no numbers. */
  private static ObjectNode drift(ObjectNode node, String score, int layer, int direction) {
    node.put("score", score).put("layer", layer);
    return score.equals(LayerDrift.NON_FINITE)
        ? node.putNull("direction")
        : node.put("direction", direction < 0 ? "below" : "above");
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
