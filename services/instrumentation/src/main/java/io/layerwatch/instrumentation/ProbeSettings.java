package io.layerwatch.instrumentation;

import io.layerwatch.analysis.Site;
import io.layerwatch.probe.Phase;
import io.layerwatch.probe.SamplingPlan;
import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.Settings;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * What the probe reads, and how much of it.
 *
 * @param enabled whether it is on when the process starts
 */
public record ProbeSettings(
    boolean enabled, List<Site> sites, List<Double> thresholds, SamplingPlan sampling) {

  public static final String SITES = "instrumentation.probe.sites";
  public static final String THRESHOLDS = "instrumentation.probe.thresholds";
  public static final String ENABLED = "instrumentation.probe.enabled";
  public static final String BUDGET = "instrumentation.probe.budget";
  public static final String REQUEST_SHARE = "instrumentation.probe.request.share";
  public static final String PASS_SHARE = "instrumentation.probe.pass.share";
  public static final String TOKENS_PER_SECOND = "instrumentation.probe.tokens.per.second";
  public static final String SKIPPED_TOKENS = "instrumentation.probe.skipped.tokens";
  public static final String PHASES = "instrumentation.probe.phases";

  /** Adds these settings to a definition. */
  static ConfigDef addTo(ConfigDef definition) {
    List<String> sites = Arrays.stream(Site.values()).map(Site::id).toList();
    return definition
        .define(
            ENABLED,
            Type.BOOLEAN,
            true,
            Importance.MEDIUM,
            "Whether activations are observed from the start; PUT /probe turns it at run time.")
        .define(
            SITES,
            Type.LIST,
            String.join(",", sites),
            Expect.someOf(sites),
            Importance.MEDIUM,
            "Sites where activations are read.")
        .define(
            THRESHOLDS,
            Type.LIST,
            "1e-5,1e-4,1e-3,1e-2,1e-1",
            Expect.ascendingNumbers(),
            Importance.MEDIUM,
            "Near-zero ladder.")
        .define(
            BUDGET,
            Type.DOUBLE,
            0.02,
            Expect.positiveShare(),
            Importance.HIGH,
            "Most that observing may take, as a share of inference time; 1 is no limit.")
        .define(
            REQUEST_SHARE,
            Type.DOUBLE,
            1.0,
            Expect.share(),
            Importance.MEDIUM,
            "Share of requests that are observed, drawn at random.")
        .define(
            PASS_SHARE,
            Type.DOUBLE,
            1.0,
            Expect.share(),
            Importance.MEDIUM,
            "Share of forward passes of those that are observed, drawn at random.")
        .define(
            TOKENS_PER_SECOND,
            Type.DOUBLE,
            0.0,
            Expect.atLeast(0),
            Importance.MEDIUM,
            "Most tokens observed a second; 0 is no limit.")
        .define(
            SKIPPED_TOKENS,
            Type.INT,
            0,
            Expect.atLeast(0),
            Importance.LOW,
            "First tokens of every sequence that are left out, such as attention sinks.")
        .define(
            PHASES,
            Type.LIST,
            String.join(",", Phase.ids()),
            Expect.someOf(Phase.ids()),
            Importance.LOW,
            "Kinds of forward passes that are observed.");
  }

  static ProbeSettings of(Settings settings) {
    double tokensPerSecond = settings.number(TOKENS_PER_SECOND);
    return new ProbeSettings(
        settings.flag(ENABLED),
        settings.list(SITES).stream().map(id -> Site.ofId(id).orElseThrow()).toList(),
        settings.list(THRESHOLDS).stream().map(Double::valueOf).toList(),
        new SamplingPlan(
            settings.number(REQUEST_SHARE),
            settings.number(PASS_SHARE),
            tokensPerSecond == 0 ? OptionalDouble.empty() : OptionalDouble.of(tokensPerSecond),
            settings.number(BUDGET),
            settings.integer(SKIPPED_TOKENS),
            settings.list(PHASES).stream().map(Phase::ofId).collect(Collectors.toSet())));
  }

  double[] thresholdArray() {
    return thresholds.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
