package io.layerwatch.dashboards;

import io.layerwatch.dashboards.Panel.Threshold;
import java.util.List;

/** Where pruning advice stands, and what it stands on. */
final class RecommendationsDashboard {

  private static final String STATE = "layerwatch_recommendation_state";
  private static final String RETAINED = "layerwatch_recommendation_retained_accuracy_ratio";
  private static final String ERROR = "layerwatch_recommendation_retained_accuracy_error_ratio";
  private static final String REQUIRED = "layerwatch_recommendation_required_accuracy_ratio";
  private static final String LAYER = "layerwatch_recommendation_layer";
  private static final String NOT_MEASURED = "not measured";

  private RecommendationsDashboard() {}

  static Dashboard of() {
    return new Dashboard(
        "recommendations",
        "Recommendations",
        "Where pruning advice stands, which layers it names, and what was measured without them.",
        "now-6h",
        List.of(
            Selectors.model(STATE),
            Selectors.revision(STATE),
            Selectors.site("layerwatch_layer_avss")),
        Selectors.MARKS,
        List.of(now(), overTime(), evidence(), records()));
  }

  private static Row now() {
    return Row.of(
        "Now",
        Panels.name("State")
            .size(6, 4)
            .says("Where advice stands. Only verified advice was measured, and retained enough.")
            .query(of(STATE, "state") + " == 1", "{{state}}"),
        Panels.number("Windows of evidence", Unit.RATIO)
            .size(3, 4)
            .between(0, 1)
            .says("Stable windows in a row, as a share of those that a candidate needs.")
            .query(
                of("layerwatch_recommendation_windows")
                    + " / "
                    + of("layerwatch_recommendation_required_windows"),
                "windows"),
        Panels.number("Layers", Unit.NUMBER)
            .size(3, 4)
            .says("Layers that a candidate or a verified recommendation would remove.")
            .query("count(%s) or vector(0)".formatted(of(LAYER, "layer")), "layers"),
        Panels.number("Parameters", Unit.RATIO)
            .size(3, 4)
            .otherwise("no advice")
            .says("Share of the model's parameters that this would save.")
            .query(of("layerwatch_recommendation_parameters_ratio"), "parameters"),
        Panels.number("Retained", Unit.RATIO)
            .size(3, 4)
            .otherwise(NOT_MEASURED)
            .thresholds("text")
            .says("Share of the next-token accuracy that was retained without the layers.")
            .query(of(RETAINED), "retained"),
        Panels.number("Above required", Unit.RATIO)
            .size(3, 4)
            .otherwise("not known")
            .thresholds("red", new Threshold(0, "green"))
            .says(
                "What was retained, less two standard errors, less what is required. Verified"
                    + " advice has 0 or more.")
            .query(of(RETAINED) + " - 2 * " + of(ERROR) + " - " + of(REQUIRED), "above"),
        Panels.number("Perplexity", Unit.NUMBER)
            .size(3, 4)
            .otherwise(NOT_MEASURED)
            .says("Perplexity without the layers ÷ perplexity with them. 1 is no harm.")
            .query(of("layerwatch_recommendation_perplexity_ratio"), "ratio"));
  }

  private static Row overTime() {
    return Row.of(
        "Over time",
        Panels.timeline("State")
            .word(1, "now", "blue")
            .says("Where advice stood.")
            .query(of(STATE, "state") + " == 1", "{{state}}"),
        Panels.timeline("Layers")
            .word(1, "advised", "orange")
            .otherwise("no advice")
            .says("Which layers a candidate or a verified recommendation named.")
            .query(of(LAYER, "layer"), "{{layer}}"),
        Panels.lines("Retained accuracy, as measured", Unit.RATIO)
            .size(12, 8)
            .otherwise(NOT_MEASURED)
            .limit("required")
            .says(
                "Share of the next-token accuracy that was retained without the layers, and two"
                    + " standard errors to either side. The lower line must be above what is"
                    + " required.")
            .query(of(RETAINED), "retained")
            .query(of(RETAINED) + " - 2 * " + of(ERROR), "less two errors")
            .query(of(RETAINED) + " + 2 * " + of(ERROR), "plus two errors")
            .query(of(REQUIRED), "required"),
        Panels.lines("What removing the layers would save", Unit.RATIO)
            .size(12, 8)
            .otherwise("no advice")
            .fromZero()
            .says("Shares of the model's parameters and of its multiply-adds per token.")
            .query(of("layerwatch_recommendation_parameters_ratio"), "parameters")
            .query(of("layerwatch_recommendation_compute_ratio"), "compute"));
  }

  private static Row evidence() {
    return Row.of(
        "Evidence",
        Panels.lines("Windows in a row", Unit.NUMBER)
            .fromZero()
            .limit("required")
            .says("Windows in a row in which the same layers scored lowest, and how many it takes.")
            .query(of("layerwatch_recommendation_windows"), "stable")
            .query(of("layerwatch_recommendation_required_windows"), "required"),
        Panels.lines("Agreement with other rankings", Unit.RATIO)
            .size(16, 8)
            .otherwise("nothing proposed")
            .between(0, 1)
            .says(
                "Jaccard similarity of the proposed layers with those that another ranking would"
                    + " propose: 100 % is the same layers, 0 none in common.")
            .query(
                of("layerwatch_recommendation_agreement_ratio", "ranking, site"),
                "{{ranking}} at {{site}}"),
        Panels.layerTable("Advised layers")
            .size(24, 7)
            .otherwise("no advice")
            .says("Scores of the advised layers in the last closed window, at the chosen site.")
            .column(
                "normalised AVSS", Unit.RATIO, advised("layerwatch_layer_normalized_avss_ratio"))
            .column("AVSS", Unit.NUMBER, advised("layerwatch_layer_avss"))
            .column(
                "block influence", Unit.RATIO, advised("layerwatch_layer_block_influence_ratio"))
            .column("variance", Unit.NUMBER, advised("layerwatch_layer_variance"))
            .column("sparsity", Unit.RATIO, advised("layerwatch_layer_sparsity_ratio")));
  }

  private static Row records() {
    return Row.of(
        "Records and verdicts, all models",
        Panels.lines("Recommendations published", Unit.PER_MINUTE)
            .size(6, 8)
            .fromZero()
            .says("Records per minute, by state.")
            .query(perMinute("layerwatch_recommendations_published_total", "state"), "{{state}}"),
        Panels.lines("Verdicts", Unit.PER_MINUTE)
            .size(6, 8)
            .fromZero()
            .says("Evaluations and reviews per minute, by what they changed, or why not.")
            .query(
                perMinute("layerwatch_recommender_verdicts_total", "kind, outcome"),
                "{{kind}} {{outcome}}"),
        Panels.lines("Candidates measured", Unit.PER_MINUTE)
            .size(6, 8)
            .fromZero()
            .says("Candidates per minute, by what measuring them came to.")
            .query(perMinute("layerwatch_verifier_candidates_total", "outcome"), "{{outcome}}"),
        Panels.lines("Candidates under measurement", Unit.NUMBER)
            .size(6, 8)
            .fromZero()
            .says("Candidates that are measured now.")
            .query("sum(layerwatch_verifier_running)", "running"));
  }

  /** One value of the model, also while it moves from one recommender to another. */
  private static String of(String metric) {
    return "max(%s{%s})".formatted(metric, Selectors.MODEL);
  }

  private static String of(String metric, String labels) {
    return "max by (%s) (%s{%s})".formatted(labels, metric, Selectors.MODEL);
  }

  private static String advised(String metric) {
    return "max by (layer) (%s{%s}) and on (layer) %s{%s}"
        .formatted(metric, Selectors.SITE, LAYER, Selectors.MODEL);
  }

  private static String perMinute(String counter, String labels) {
    return "60 * sum by (%s) (rate(%s[$__rate_interval]))".formatted(labels, counter);
  }
}
