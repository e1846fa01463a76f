package io.layerwatch.scorer;

import io.layerwatch.analysis.drift.DriftCriteria;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.Settings;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Settings of drift.
 *
 * @param criteria what it takes to call a change drift
 * @param retention how long the baseline of a model that is not served any more is kept
 */
public record DriftSettings(DriftCriteria criteria, Duration retention) {

  public static final String SCORES = "scorer.drift.scores";
  public static final String BASELINE_WINDOWS = "scorer.drift.baseline.windows";
  public static final String SHIFT = "scorer.drift.shift";
  public static final String MINIMUM_TOKENS = "scorer.drift.tokens.minimum";
  public static final String RETENTION = "scorer.drift.retention";

  /** Adds these settings to a definition. */
  static ConfigDef addTo(ConfigDef definition) {
    DriftCriteria defaults = DriftCriteria.DEFAULT;
    return definition
        .define(
            SCORES,
            Type.LIST,
            defaults.scores().stream().map(Ranking::id).collect(Collectors.joining(",")),
            Expect.someOf(ids()),
            Importance.MEDIUM,
            "Scores whose drift is looked for.")
        .define(
            BASELINE_WINDOWS,
            Type.INT,
            defaults.baselineWindows(),
            Expect.atLeast(DriftCriteria.FEWEST_BASELINE_WINDOWS),
            Importance.MEDIUM,
            "First windows of a revision that its baseline is made of, for good.")
        .define(
            SHIFT,
            Type.DOUBLE,
            defaults.shift(),
            Expect.positive(),
            Importance.MEDIUM,
            "Relative change of a score that is to be found: 0.2 is a rise by 20 %, or a fall by as"
                + " large a factor.")
        .define(
            MINIMUM_TOKENS,
            Type.INT,
            (int) defaults.minimumTokens(),
            Expect.atLeast(1),
            Importance.MEDIUM,
            "A window with fewer tokens says nothing of drift.")
        .define(
            RETENTION,
            Type.STRING,
            "30d",
            Expect.positiveDuration(),
            Importance.LOW,
            "How long the baseline of a model of which nothing is heard is kept.");
  }

  static DriftSettings of(Settings settings) {
    Set<Ranking> scores = EnumSet.noneOf(Ranking.class);
    settings.list(SCORES).forEach(id -> scores.add(Ranking.ofId(id).orElseThrow()));
    return new DriftSettings(
        new DriftCriteria(
            scores,
            settings.integer(BASELINE_WINDOWS),
            settings.number(SHIFT),
            settings.integer(MINIMUM_TOKENS)),
        settings.duration(RETENTION));
  }

  private static List<String> ids() {
    return Stream.of(Ranking.values()).map(Ranking::id).toList();
  }
}
