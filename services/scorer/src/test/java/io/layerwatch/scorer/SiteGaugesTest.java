package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.scorer.SiteGauges.Series;
import io.layerwatch.scorer.SiteGauges.Site;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SiteGaugesTest {

  private static final ModelId MODEL = new ModelId("demo", "r1");
  private static final Site OUTPUT = new Site(MODEL, "block-output");
  private static final Site CHANGE = new Site(MODEL, "normalized-change");

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Gauge variance =
      Gauge.builder()
          .name("variance")
          .labelNames("model", "revision", "site", "layer")
          .register(registry);
  private final SiteGauges gauges = new SiteGauges();

  @Test
  void sitesOfOneModelDoNotTouchEachOther() {
    gauges.show(OUTPUT, Map.of(layer(0), 1.0, layer(1), 2.0));
    gauges.show(CHANGE, Map.of(layer(0), 3.0));

    assertThat(value(OUTPUT, 0)).isEqualTo(1);
    assertThat(value(OUTPUT, 1)).isEqualTo(2);
    assertThat(value(CHANGE, 0)).isEqualTo(3);

    gauges.forget(OUTPUT);
    assertThat(value(OUTPUT, 0)).isNaN();
    assertThat(value(CHANGE, 0)).isEqualTo(3);
    assertThat(gauges.sitesOf(Set.of(MODEL))).containsExactly(CHANGE);
  }

  @Test
  void aSeriesThatIsMissingGoesAndComesBack() {
    gauges.show(OUTPUT, Map.of(layer(0), 1.0, layer(1), 2.0));
    gauges.show(OUTPUT, Map.of(layer(0), 4.0));
    assertThat(value(OUTPUT, 0)).isEqualTo(4);
    assertThat(value(OUTPUT, 1)).isNaN();

    gauges.show(OUTPUT, Map.of(layer(0), 5.0, layer(1), 6.0));
    assertThat(value(OUTPUT, 0)).isEqualTo(5);
    assertThat(value(OUTPUT, 1)).isEqualTo(6);
  }

  @Test
  void aForgottenSiteThatReturnsIsShownAnew() {
    gauges.show(OUTPUT, Map.of(layer(0), 1.0));
    gauges.forget(OUTPUT);
    gauges.show(OUTPUT, Map.of(layer(0), 2.0));
    assertThat(value(OUTPUT, 0)).isEqualTo(2);
  }

  private Series layer(int layer) {
    return new Series(variance, layer, "");
  }

  private double value(Site site, int layer) {
    return Metrics.value(
        registry,
        "variance",
        "model",
        site.model().name(),
        "revision",
        site.model().revision(),
        "site",
        site.site(),
        "layer",
        Integer.toString(layer));
  }
}
