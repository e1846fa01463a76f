package io.layerwatch.dashboards;

import io.layerwatch.dashboards.Panel.Threshold;
import java.util.List;

/** Which layers have left what they were when their revision was new, and which are on the way. */
final class DriftDashboard {

  private static final String DRIFT = "layerwatch_layer_drift";
  private static final String PROGRESS = "layerwatch_layer_drift_progress_ratio";
  private static final String SCORES = Selectors.SITE + ",score=~\"$score\"";
  private static final String CHOSEN = Selectors.LAYERS + ",score=~\"$score\"";
  private static final String NO_BASELINE = "no baseline";

  private DriftDashboard() {}

  static Dashboard of() {
    return new Dashboard(
        "drift",
        "Drift",
        "Which layers have drifted from the baseline of their revision, and which are on the way.",
        "now-3h",
        List.of(
            Selectors.model(DRIFT),
            Selectors.revision(DRIFT),
            Selectors.site(DRIFT),
            Selectors.layers(DRIFT),
            Variable.several(
                "score", "label_values(%s{%s}, score)".formatted(DRIFT, Selectors.SITE))),
        Selectors.MARKS,
        List.of(now(), which(), towards(), values(), changes()));
  }

  private static Row now() {
    return Row.of(
        "Now",
        Panels.number("Layers that have drifted", Unit.NUMBER)
            .thresholds("green", new Threshold(1, "red"))
            .says("Layers with a score that has left its baseline, at the chosen site.")
            .otherwise(NO_BASELINE)
            .query(
                "sum(max by (layer) (abs(%s{%s,score!=\"non-finite\"})) > bool 0)"
                    .formatted(DRIFT, SCORES),
                "layers"),
        Panels.number("Scores above", Unit.NUMBER)
            .says("Scores of layers that have risen above their baseline.")
            .otherwise(NO_BASELINE)
            .query(countOf(1), "above"),
        Panels.number("Scores below", Unit.NUMBER)
            .says("Scores of layers that have fallen below their baseline.")
            .otherwise(NO_BASELINE)
            .query(countOf(-1), "below"),
        Panels.number("Layers with NaN or infinity", Unit.NUMBER)
            .thresholds("green", new Threshold(1, "red"))
            .says("Layers with activations that are no numbers. Raised by any window, at once.")
            .query(
                "sum(max by (layer) (%s{%s,score=\"non-finite\"}))"
                    .formatted(DRIFT, Selectors.SITE),
                "layers"),
        Panels.number("Furthest towards drift", Unit.RATIO)
            .thresholds("green", new Threshold(0.5, "orange"), new Threshold(1, "red"))
            .says("The largest progress of any score: 0 is the baseline, 100 % is drift.")
            .query("max(%s{%s})".formatted(PROGRESS, SCORES), "progress"),
        Panels.number("Scores still learning", Unit.NUMBER)
            .says(
                "Scores of layers whose baseline is still being gathered, and which cannot drift"
                    + " yet.")
            .query(
                "max(layerwatch_drift_learning_scores{%s})".formatted(Selectors.SITE), "scores"));
  }

  private static Row which() {
    return Row.of(
        "Which layers",
        words(Panels.layerTable("Drifted now"))
            .size(10, 10)
            .otherwise("no layer has drifted")
            .says("Scores that have left their baseline, and how far each is.")
            .column("drift", Unit.NONE, drifted(SCORES))
            .column(
                "progress",
                Unit.RATIO,
                "max by (layer, score) (%s{%s}) and (%s)"
                    .formatted(PROGRESS, SCORES, drifted(SCORES))),
        words(Panels.timeline("Drift over time"))
            .size(14, 10)
            .otherwise("no layer drifted")
            .says("When which score of which layer was above or below its baseline.")
            .query(drifted(SCORES), "{{layer}} {{score}}"));
  }

  private static Row towards() {
    return Row.of(
        "Towards drift",
        Panels.layerMap("Progress, all layers", Unit.RATIO)
            .says(
                "How far the furthest of a layer's chosen scores is towards drift. What glows and"
                    + " fades is chance, what brightens steadily is not.")
            .query("max by (layer) (%s{%s})".formatted(PROGRESS, SCORES), "{{layer}}"),
        Panels.layerLines("Progress, chosen layers", Unit.RATIO)
            .size(12, 11)
            .fromZero()
            .thresholds("green", new Threshold(0.5, "orange"), new Threshold(1, "red"))
            .says("0 is the baseline, 100 % is drift.")
            .query(
                "max by (layer, score) (%s{%s})".formatted(PROGRESS, CHOSEN),
                "{{layer}} {{score}}"));
  }

  private static Row values() {
    return Row.of(
        "Scores that are watched, chosen layers",
        Panels.layerLines("AVSS", Unit.NUMBER)
            .logarithmic()
            .says("Variance ÷ sparsity, window by window.")
            .query(
                "max by (layer) (layerwatch_layer_avss{%s})".formatted(Selectors.LAYERS),
                "{{layer}}"),
        Panels.layerLines("Block influence", Unit.RATIO)
            .logarithmic()
            .says("1 - cosine of a block's input and output, window by window.")
            .query(
                "max by (layer) (layerwatch_layer_block_influence_ratio{%s})"
                    .formatted(Selectors.LAYERS),
                "{{layer}}"));
  }

  private static Row changes() {
    return Row.of(
        "Learning, changes and non-finite activations",
        Panels.lines("Scores still learning", Unit.NUMBER)
            .fromZero()
            .says("By site. 0 once every layer has a baseline.")
            .query(
                "max by (site) (layerwatch_drift_learning_scores{%s})".formatted(Selectors.MODEL),
                "{{site}}"),
        Panels.lines("Drift raised and cleared", Unit.PER_MINUTE)
            .fromZero()
            .says("Changes per minute, of all models.")
            .query(
                "60 * sum by (change) (rate(layerwatch_scorer_drift_changes_total"
                    + "[$__rate_interval]))",
                "{{change}}"),
        Panels.lines("Non-finite activations", Unit.NUMBER)
            .fromZero()
            .says("Activations of the last window that were NaN or infinite, of all layers.")
            .query(
                "sum by (site) (max by (site, layer) (layerwatch_layer_non_finite_activations{%s}))"
                    .formatted(Selectors.MODEL),
                "{{site}}"));
  }

  /** How many scores have that direction; those of non-finite activations have none. */
  private static String countOf(int direction) {
    return "sum(max by (layer, score) (%s{%s,score!=\"non-finite\"}) == bool %d)"
        .formatted(DRIFT, SCORES, direction);
  }

  private static String drifted(String selector) {
    return "max by (layer, score) (%s{%s} != 0)".formatted(DRIFT, selector);
  }

  private static Panel words(Panel panel) {
    return panel.word(1, "above", "red").word(-1, "below", "blue");
  }
}
