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
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.recommender.read.AdviceLines;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The parts of what {@link LiveEndpoint} answers. Figures have five digits that count. */
final class LiveJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final MathContext DIGITS = new MathContext(5);

  private LiveJson() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** Which models there are to choose from, and at which sites. */
  static ArrayNode models(List<LiveModel> models) {
    ArrayNode array = MAPPER.createArrayNode();
    for (LiveModel model : models) {
      ArrayNode sites = array.addObject().put("key", model.id.key()).putArray("sites");
      model.sites.forEach((site, history) -> history.last().ifPresent(any -> sites.add(site)));
    }
    return array;
  }

  /** The last window at a site. */
  static void window(ObjectNode node, SiteHistory history) {
    Optional<ModelScores> last = history.last();
    node.put("seen", history.seen());
    last.ifPresent(
        scores ->
            node.put("layerCount", scores.shape().layerCount())
                .put("sparsityThreshold", scores.sparsityThreshold())
                .put("instances", scores.instances().size()));
    node.put("silentEnd", history.silentEnd().map(Instant::toEpochMilli).orElse(null));
  }

  /** Windows that came after that change, oldest first. */
  static ArrayNode windows(SiteHistory history, long since) {
    ArrayNode array = MAPPER.createArrayNode();
    history.windows().stream()
        .filter(kept -> kept.change() > since)
        .forEach(kept -> write(kept, array.addObject()));
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

  static ArrayNode drift(List<LayerDrift> drifting) {
    ArrayNode array = MAPPER.createArrayNode();
    for (LayerDrift drift : drifting) {
      array
          .addObject()
          .put("score", drift.score())
          .put("layer", drift.layer())
          .put("since", drift.windowEnd().toEpochMilli())
          .put("value", rounded(drift.value()))
          .put("baseline", rounded(drift.baseline()))
          .put("reason", drift.reason());
    }
    return array;
  }

  private static double rounded(double value) {
    return new BigDecimal(value).round(DIGITS).doubleValue();
  }
}
