package io.layerwatch.dashboards;

import java.util.List;

/** What dashboards of a model have in common: its variables, and the series that these choose. */
final class Selectors {

  static final String MODEL = "model=\"$model\",revision=\"$revision\"";
  static final String SITE = MODEL + ",site=\"$site\"";
  static final String LAYERS = SITE + ",layer=~\"$layer\"";
  static final String INSTANCES = "instance=~\"$instance\"";

  /** What happened to the model, on all of its dashboards. */
  static final List<Annotation> MARKS =
      List.of(
          new Annotation(
              "Drift",
              "max by (layer, score) (abs(layerwatch_layer_drift{" + MODEL + "})) > 0",
              "orange",
              "layer {{layer}} has drifted: {{score}}"),
          new Annotation(
              "Recommendation",
              "max by (state) (layerwatch_recommendation_state{%1$s} == 1) unless".formatted(MODEL)
                  + " max by (state) (layerwatch_recommendation_state{%1$s} offset 1m == 1)"
                      .formatted(MODEL),
              "blue",
              "recommendation: {{state}}"));

  private Selectors() {}

  static Variable model(String metric) {
    return Variable.one("model", "label_values(%s, model)".formatted(metric));
  }

  static Variable revision(String metric) {
    return Variable.one(
        "revision", "label_values(%s{model=\"$model\"}, revision)".formatted(metric));
  }

  /** Descending, so that relative-contribution is first, the site that advice is by default of. */
  static Variable site(String metric) {
    return Variable.one("site", "label_values(%s{%s}, site)".formatted(metric, MODEL)).descending();
  }

  static Variable layers(String metric) {
    return Variable.several("layer", "label_values(%s{%s}, layer)".formatted(metric, SITE))
        .ofNumbers();
  }

  static Variable instances() {
    return Variable.several(
        "instance", "label_values(layerwatch_kafka_producer_buffered_bytes, instance)");
  }
}
