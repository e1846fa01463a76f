package io.layerwatch.recommender;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.pruning.PruningCriteria;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.streams.StreamsService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Settings of the recommender.
 *
 * @param applicationId consumer group, prefix of internal topics
 * @param criteria what a proposal takes
 * @param retention how long advice on a model of which nothing is heard is shown as metrics
 * @param page whether people are shown a page
 */
public record RecommenderSettings(
    String applicationId, PruningCriteria criteria, Duration retention, boolean page) {

  public static final String APPLICATION_ID = "recommender.application.id";
  public static final String SITE = "recommender.site";
  public static final String RANKING = "recommender.ranking";
  public static final String SHARE = "recommender.share";
  public static final String WINDOWS = "recommender.windows";
  public static final String MINIMUM_JACCARD = "recommender.jaccard.minimum";
  public static final String MAXIMUM_SPREAD = "recommender.spread.maximum";
  public static final String MINIMUM_TOKENS = "recommender.tokens.minimum";
  public static final String WITHDRAW_AFTER = "recommender.withdraw.after.windows";
  public static final String PROTECTED_LAYERS = "recommender.protected.layers";
  public static final String RETENTION = "recommender.retention";
  public static final String PAGE = "recommender.page";

  /** Adds these settings to a definition. */
  public static ConfigDef addTo(ConfigDef definition) {
    return definition
        .define(
            APPLICATION_ID,
            Type.STRING,
            "layerwatch-recommender",
            Expect.text(),
            Importance.MEDIUM,
            "Kafka Streams application id.")
        .define(
            SITE,
            Type.STRING,
            Site.RELATIVE_CONTRIBUTION.id(),
            Expect.oneOf(Arrays.stream(Site.values()).map(Site::id).toList()),
            Importance.HIGH,
            "Site whose scores rank the layers.")
        .define(
            RANKING,
            Type.STRING,
            Ranking.AVSS.id(),
            Expect.oneOf(Arrays.stream(Ranking.values()).map(Ranking::id).toList()),
            Importance.HIGH,
            "Score that ranks the layers.")
        .define(
            SHARE,
            Type.DOUBLE,
            0.25,
            Expect.properShare(),
            Importance.HIGH,
            "Share of the layers to propose, rounded down to a count.")
        .define(
            WINDOWS,
            Type.INT,
            10,
            Expect.atLeast(1),
            Importance.HIGH,
            "Stable windows in a row that a candidate needs.")
        .define(
            MINIMUM_JACCARD,
            Type.DOUBLE,
            0.9,
            Expect.positiveShare(),
            Importance.MEDIUM,
            "Similarity from which the lowest layers of two windows count as the same.")
        .define(
            MAXIMUM_SPREAD,
            Type.DOUBLE,
            0.25,
            Expect.positive(),
            Importance.MEDIUM,
            "Largest coefficient of variation of a proposed layer's score over the windows.")
        .define(
            MINIMUM_TOKENS,
            Type.INT,
            1000,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Fewest tokens of a window that counts as evidence.")
        .define(
            WITHDRAW_AFTER,
            Type.INT,
            3,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Windows in a row against a candidate that withdraw it; at most recommender.windows.")
        .define(
            PROTECTED_LAYERS,
            Type.LIST,
            "",
            Expect.wholeNumbers(),
            Importance.MEDIUM,
            "Layers never to propose, 0-based.")
        .define(
            RETENTION,
            Type.STRING,
            "24h",
            Expect.positiveDuration(),
            Importance.LOW,
            "Silence of a model after which metrics no longer show its advice; the advice stays.")
        .define(
            PAGE,
            Type.BOOLEAN,
            false,
            Importance.MEDIUM,
            "Whether a live page of scores and advice is served at / of the admin port.");
  }

  /** The whole definition of the process. */
  public static ConfigDef define() {
    return addTo(CommonSettings.define());
  }

  /**
   * The settings, checked against each other.
   *
   * @throws InvalidSettingsException listing every problem
   */
  public static RecommenderSettings of(Settings settings) {
    List<String> problems = new ArrayList<>(StreamsService.problems(settings));
    if (settings.integer(WITHDRAW_AFTER) > settings.integer(WINDOWS)) {
      problems.add(
          settings.problem(
              WITHDRAW_AFTER, "at most " + WINDOWS + " (" + settings.integer(WINDOWS) + ")"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new RecommenderSettings(
        settings.text(APPLICATION_ID),
        new PruningCriteria(
            settings.integer(WINDOWS),
            settings.number(SHARE),
            Ranking.ofId(settings.text(RANKING)).orElseThrow(),
            settings.text(SITE),
            settings.number(MINIMUM_JACCARD),
            settings.number(MAXIMUM_SPREAD),
            settings.integer(MINIMUM_TOKENS),
            settings.list(PROTECTED_LAYERS).stream()
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new)),
            settings.integer(WITHDRAW_AFTER)),
        settings.duration(RETENTION),
        settings.flag(PAGE));
  }
}
