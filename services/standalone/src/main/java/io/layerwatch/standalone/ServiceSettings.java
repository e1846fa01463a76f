package io.layerwatch.standalone;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.ProbeSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.scorer.ScorerSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The settings of the three services, held against each other: what separate processes can only
 * find out record by record, one process knows before it starts.
 */
record ServiceSettings(
    InstrumentationSettings instrumentation,
    ScorerSettings scorer,
    RecommenderSettings recommender) {

  /**
   * Reads the settings of all services.
   *
   * @throws InvalidSettingsException listing every problem of each and between them
   */
  static ServiceSettings of(Settings settings) {
    Set<String> problems = new LinkedHashSet<>();
    var instrumentation = Problems.gather(problems, () -> InstrumentationSettings.of(settings));
    var scorer = Problems.gather(problems, () -> ScorerSettings.of(settings));
    var recommender = Problems.gather(problems, () -> RecommenderSettings.of(settings));
    // Read again with the server; here only for their problems.
    var unused = Problems.gather(problems, () -> AdminServer.security(settings));
    refuseOtherServers(settings, problems);
    requireWholeIntervals(settings, InstrumentationSettings.FLUSH_INTERVAL, problems);
    requireWholeIntervals(settings, InstrumentationSettings.BACKLOG_WINDOW, problems);
    requireOutlastsSilence(settings, ScorerSettings.INSTANCE_TIMEOUT, problems);
    requireOutlastsSilence(settings, ScorerSettings.MODEL_TIMEOUT, problems);
    requireWaitsForBacklog(settings, problems);
    requireRung(settings, problems);
    requireProbedSite(settings, problems);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(List.copyOf(problems));
    }
    return new ServiceSettings(
        instrumentation.orElseThrow(), scorer.orElseThrow(), recommender.orElseThrow());
  }

  /** This process brings its own broker and registry: another one's address would go unheard. */
  private static void refuseOtherServers(Settings settings, Collection<String> problems) {
    Map<String, Object> defaults = CommonSettings.define().defaultValues();
    for (String key :
        List.of(CommonSettings.BOOTSTRAP_SERVERS, CommonSettings.SCHEMA_REGISTRY_URL)) {
      if (!settings.text(key).equals(defaults.get(key))) {
        problems.add(settings.problem(key, "none, since this process brings its own"));
      }
    }
  }

  /** A summary that straddles two windows would be rejected. */
  private static void requireWholeIntervals(
      Settings settings, String interval, Collection<String> problems) {
    Duration window = settings.duration(ScorerSettings.WINDOW_SIZE);
    if (window.toMillis() % settings.duration(interval).toMillis() != 0) {
      problems.add(
          settings.problem(
              ScorerSettings.WINDOW_SIZE,
              "a multiple of " + interval + " " + settings.text(interval)));
    }
  }

  /**
   * Else every instance would be given up between two of its summaries. One that keeps few tokens
   * back may say nothing for as long as they wait for more.
   */
  private static void requireOutlastsSilence(
      Settings settings, String timeout, Collection<String> problems) {
    boolean keepsBack = settings.integer(InstrumentationSettings.MINIMUM_TOKENS) > 1;
    String silence =
        keepsBack ? InstrumentationSettings.BACKLOG_WINDOW : InstrumentationSettings.FLUSH_INTERVAL;
    if (settings.duration(timeout).compareTo(settings.duration(silence)) <= 0) {
      problems.add(
          settings.problem(timeout, "more than " + silence + " " + settings.text(silence)));
    }
  }

  /** Else nobody would wait for what the publisher kept. */
  private static void requireWaitsForBacklog(Settings settings, Collection<String> problems) {
    int windows = settings.integer(InstrumentationSettings.BACKLOG_WINDOWS);
    Duration window = settings.duration(InstrumentationSettings.BACKLOG_WINDOW);
    if (settings.duration(ScorerSettings.LARGEST_LAG).compareTo(window.multipliedBy(windows))
        <= 0) {
      problems.add(
          settings.problem(
              ScorerSettings.LARGEST_LAG,
              "more than the "
                  + windows
                  + " "
                  + InstrumentationSettings.BACKLOG_WINDOWS
                  + " of "
                  + settings.text(InstrumentationSettings.BACKLOG_WINDOW)));
    }
  }

  private static void requireRung(Settings settings, Collection<String> problems) {
    double threshold = settings.number(ScorerSettings.SPARSITY_THRESHOLD);
    List<String> ladder = settings.list(ProbeSettings.THRESHOLDS);
    if (ladder.stream().mapToDouble(Double::parseDouble).noneMatch(rung -> rung == threshold)) {
      problems.add(
          settings.problem(
              ScorerSettings.SPARSITY_THRESHOLD,
              "one of " + ProbeSettings.THRESHOLDS + " " + String.join(",", ladder)));
    }
  }

  private static void requireProbedSite(Settings settings, Collection<String> problems) {
    List<String> sites = settings.list(ProbeSettings.SITES);
    if (!sites.contains(settings.text(RecommenderSettings.SITE))) {
      problems.add(
          settings.problem(
              RecommenderSettings.SITE,
              "one of " + ProbeSettings.SITES + " " + String.join(",", sites)));
    }
  }
}
