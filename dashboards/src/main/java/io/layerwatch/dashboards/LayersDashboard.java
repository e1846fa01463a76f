package io.layerwatch.dashboards;

import java.util.List;

/** What every layer does: all of them over time, and some of them in detail. */
final class LayersDashboard {

  private static final String AVSS = "layerwatch_layer_avss";
  private static final String NORMALIZED = "layerwatch_layer_normalized_avss_ratio";
  private static final String INFLUENCE = "layerwatch_layer_block_influence_ratio";
  private static final String VARIANCE = "layerwatch_layer_variance";
  private static final String SPARSITY = "layerwatch_layer_sparsity_ratio";
  private static final String NON_FINITE = "layerwatch_layer_non_finite_activations";

  private LayersDashboard() {}

  static Dashboard of() {
    return new Dashboard(
        "layers",
        "Layers",
        "What every layer does on the traffic that is served: scores by layer and over time.",
        "now-1h",
        List.of(
            Selectors.model(AVSS),
            Selectors.revision(AVSS),
            Selectors.site(AVSS),
            Selectors.layers(AVSS)),
        Selectors.MARKS,
        List.of(maps(), chosen(), lastWindow()));
  }

  private static Row maps() {
    return Row.of(
        "All layers over time",
        Panels.layerMap("Normalised AVSS, power of ten", Unit.NUMBER)
            .says(
                "log10 of each layer's share of the AVSS of all layers. Dark layers carry least of"
                    + " it. -4 is a ten-thousandth.")
            .query(logOf(NORMALIZED), "{{layer}}"),
        Panels.layerMap("Block influence, power of ten", Unit.NUMBER)
            .says(
                "log10 of 1 - cosine of a block's input and output. Dark layers turn the residual"
                    + " stream least.")
            .query(logOf(INFLUENCE), "{{layer}}"),
        Panels.layerMap("Variance, power of ten", Unit.NUMBER)
            .says("log10 of the variance of the activations.")
            .query(logOf(VARIANCE), "{{layer}}"),
        Panels.layerMap("Sparsity", Unit.RATIO)
            .says("Share of the activations that are near zero.")
            .query(of(SPARSITY, Selectors.SITE), "{{layer}}"));
  }

  private static Row chosen() {
    return Row.of(
        "Layers that are chosen above",
        Panels.layerLines("Normalised AVSS", Unit.RATIO)
            .logarithmic()
            .says("A layer's share of the AVSS of all layers, window by window.")
            .query(of(NORMALIZED, Selectors.LAYERS), "{{layer}}"),
        Panels.layerLines("AVSS", Unit.NUMBER)
            .logarithmic()
            .says("Variance ÷ sparsity (arXiv 2411.02117), window by window.")
            .query(of(AVSS, Selectors.LAYERS), "{{layer}}"),
        Panels.layerLines("Variance", Unit.NUMBER)
            .logarithmic()
            .says("Variance of the activations, window by window.")
            .query(of(VARIANCE, Selectors.LAYERS), "{{layer}}"),
        Panels.layerLines("Sparsity", Unit.RATIO)
            .says("Share of the activations that are near zero, window by window.")
            .query(of(SPARSITY, Selectors.LAYERS), "{{layer}}"),
        Panels.layerLines("Block influence", Unit.RATIO)
            .logarithmic()
            .says("1 - cosine of a block's input and output (arXiv 2403.03853), window by window.")
            .query(of(INFLUENCE, Selectors.LAYERS), "{{layer}}"),
        Panels.layerLines("Non-finite activations", Unit.NUMBER)
            .fromZero()
            .says("Activations of the last window that were NaN or infinite. Any is a fault.")
            .query(of(NON_FINITE, Selectors.LAYERS), "{{layer}}"));
  }

  private static Row lastWindow() {
    return Row.of(
        "Last closed window",
        Panels.layerTable("Layers")
            .says(
                "Every layer's scores in the last closed window. Advised: named by a candidate or"
                    + " a verified recommendation. Drifted: a score has left its baseline.")
            .column("normalised AVSS", Unit.RATIO, of(NORMALIZED, Selectors.SITE))
            .column("AVSS", Unit.NUMBER, of(AVSS, Selectors.SITE))
            .column("variance", Unit.NUMBER, of(VARIANCE, Selectors.SITE))
            .column("sparsity", Unit.RATIO, of(SPARSITY, Selectors.SITE))
            .column("block influence", Unit.RATIO, of(INFLUENCE, Selectors.SITE))
            .column("non-finite", Unit.NUMBER, of(NON_FINITE, Selectors.SITE))
            .column("advised", Unit.NUMBER, of("layerwatch_recommendation_layer", Selectors.MODEL))
            .column(
                "drifted",
                Unit.NUMBER,
                "max by (layer) (abs(layerwatch_layer_drift{" + Selectors.SITE + "}))"));
  }

  /** One series a layer, also while a model moves from one scorer to another. */
  private static String of(String metric, String selector) {
    return "max by (layer) (" + metric + "{" + selector + "})";
  }

  private static String logOf(String metric) {
    return "log10(" + of(metric, Selectors.SITE) + " > 0)";
  }
}
