package io.layerwatch.scorer.replay;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a replay is to do, checked.
 *
 * @param settings of the process
 * @param scorer the scorer's own
 * @param range whole windows that have ended
 * @param model the only model, or all
 * @param site the only site, or all
 * @param topic where the scores go, or standard output
 * @param notes what was understood otherwise than it was said
 */
record ReplayPlan(
    Settings settings,
    ScorerSettings scorer,
    TimeWindow range,
    Optional<ModelId> model,
    Optional<String> site,
    Optional<String> topic,
    List<String> notes) {

  private static final String TOPIC = "topic:";

  /** What the command line says, as it says it. */
  record Given(
      String from, String to, Optional<String> model, Optional<String> site, String output) {}

  ReplayPlan {
    notes = List.copyOf(notes);
  }

  /**
   * Checks everything.
   *
   * @throws InvalidSettingsException listing every problem
   */
  static ReplayPlan of(Given given, SettingsSources sources, Instant now) {
    List<String> problems = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    Optional<Settings> settings =
        Problems.gather(problems, () -> Settings.load(ScorerSettings.define(), sources));
    Optional<ScorerSettings> scorer =
        settings.flatMap(loaded -> Problems.gather(problems, () -> ScorerSettings.of(loaded)));
    Optional<TimeWindow> range =
        ReplayRange.of(given.from(), given.to(), scorer, now, problems, notes);
    Optional<ModelId> model = given.model().flatMap(key -> Problems.model(problems, key));
    Optional<String> topic = topic(given.output(), settings, problems);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new ReplayPlan(
        settings.orElseThrow(),
        scorer.orElseThrow(),
        range.orElseThrow(),
        model,
        given.site(),
        topic,
        notes);
  }

  private static Optional<String> topic(
      String output, Optional<Settings> settings, List<String> problems) {
    if (output.equals("-")) {
      return Optional.empty();
    }
    String name = output.startsWith(TOPIC) ? output.substring(TOPIC.length()) : "";
    if (!name.matches("[a-zA-Z0-9._-]{1,249}") || name.matches("\\.{1,2}")) {
      problems.add("--output: expected - or topic:NAME, got \"" + output + "\"");
    } else if (settings.filter(known -> isTaken(name, known)).isPresent()) {
      problems.add(
          "--output: expected a topic that nothing else writes or reads, got \"" + output + "\"");
    }
    return Optional.of(name);
  }

  /** Scores of the past among the live ones would be taken for live; state would be spoiled. */
  private static boolean isTaken(String name, Settings settings) {
    try (Topics topics = Topics.of(settings)) {
      return name.startsWith("__")
          || name.endsWith("-changelog")
          || name.endsWith("-repartition")
          || topics.all().stream().map(Topic::name).anyMatch(name::equals);
    }
  }
}
