package io.layerwatch.scorer;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.streams.StreamsService;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Settings of the scorer.
 *
 * @param applicationId consumer group, prefix of internal topics
 * @param windowSize tumbling windows aligned to the epoch
 * @param grace how long after its end a window waits for late summaries, by event time
 * @param instanceTimeout silence of one instance, while others are heard, after which windows no
 *     longer wait for it
 * @param modelTimeout silence of all instances after which a model's due windows close anyway
 * @param instanceRetention silence after which an instance is forgotten
 * @param largestLag how far an instance may be behind and still be waited for
 * @param futureTolerance how far ahead of this machine's clock a summary may lie
 * @param sparsityThreshold rung of the near-zero ladder behind sparsity and AVSS
 * @param drift when a layer's score is said to have drifted
 */
public record ScorerSettings(
    String applicationId,
    Duration windowSize,
    Duration grace,
    Duration instanceTimeout,
    Duration modelTimeout,
    Duration instanceRetention,
    Duration largestLag,
    Duration futureTolerance,
    double sparsityThreshold,
    DriftSettings drift) {

  public static final String APPLICATION_ID = "scorer.application.id";
  public static final String WINDOW_SIZE = "scorer.window.size";
  public static final String WINDOW_GRACE = "scorer.window.grace";
  public static final String INSTANCE_TIMEOUT = "scorer.instance.timeout";
  public static final String MODEL_TIMEOUT = "scorer.model.timeout";
  public static final String INSTANCE_RETENTION = "scorer.instance.retention";
  public static final String LARGEST_LAG = "scorer.lag.maximum";
  public static final String FUTURE_TOLERANCE = "scorer.future.tolerance";
  public static final String SPARSITY_THRESHOLD = "scorer.sparsity.threshold";

  /** Adds these settings to a definition. */
  public static ConfigDef addTo(ConfigDef definition) {
    return DriftSettings.addTo(definition)
        .define(
            APPLICATION_ID,
            Type.STRING,
            "layerwatch-scorer",
            Expect.text(),
            Importance.MEDIUM,
            "Kafka Streams application id.")
        .define(
            WINDOW_SIZE,
            Type.STRING,
            "1m",
            Expect.positiveDuration(),
            Importance.HIGH,
            "Length of a window; a multiple of every instance's flush interval and backlog window.")
        .define(
            WINDOW_GRACE,
            Type.STRING,
            "30s",
            Expect.duration(),
            Importance.HIGH,
            "How long after its end a window waits for late summaries, by event time.")
        .define(
            INSTANCE_TIMEOUT,
            Type.STRING,
            "30s",
            Expect.positiveDuration(),
            Importance.MEDIUM,
            "Silence of one instance, while others of its model are heard, after which windows no"
                + " longer wait for it; several flush intervals.")
        .define(
            MODEL_TIMEOUT,
            Type.STRING,
            "5m",
            Expect.positiveDuration(),
            Importance.MEDIUM,
            "Silence of all instances of a model after which its due windows close anyway. After"
                + " an outage of Kafka that was longer, what the instances held back of the window"
                + " in which it began is late.")
        .define(
            LARGEST_LAG,
            Type.STRING,
            "2h",
            Expect.positiveDuration(),
            Importance.LOW,
            "How far an instance may be behind the others of its model and still be waited for;"
                + " longer than an instance keeps what it cannot send.")
        .define(
            INSTANCE_RETENTION,
            Type.STRING,
            "24h",
            Expect.positiveDuration(),
            Importance.LOW,
            "Silence after which an instance is forgotten. When it speaks again, all that it had"
                + " said before counts as missing.")
        .define(
            FUTURE_TOLERANCE,
            Type.STRING,
            "10m",
            Expect.duration(),
            Importance.MEDIUM,
            "How far ahead of this machine's clock a summary may start; one beyond is rejected, since"
                + " its time would close windows that others still fill.")
        .define(
            SPARSITY_THRESHOLD,
            Type.DOUBLE,
            0.01,
            Expect.positive(),
            Importance.HIGH,
            "Activations below it count as near zero; a rung of the instances' ladder.");
  }

  /** The whole definition of the process. */
  public static ConfigDef define() {
    return addTo(CommonSettings.define());
  }

  public static ScorerSettings of(Settings settings) {
    List<String> problems = new ArrayList<>(StreamsService.problems(settings));
    requireLonger(settings, LARGEST_LAG, WINDOW_GRACE, problems);
    requireLonger(settings, LARGEST_LAG, FUTURE_TOLERANCE, problems);
    requireLonger(settings, INSTANCE_RETENTION, LARGEST_LAG, problems);
    requireModelTimeout(settings, problems);
    requireRetention(settings, problems);
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new ScorerSettings(
        settings.text(APPLICATION_ID),
        settings.duration(WINDOW_SIZE),
        settings.duration(WINDOW_GRACE),
        settings.duration(INSTANCE_TIMEOUT),
        settings.duration(MODEL_TIMEOUT),
        settings.duration(INSTANCE_RETENTION),
        settings.duration(LARGEST_LAG),
        settings.duration(FUTURE_TOLERANCE),
        settings.number(SPARSITY_THRESHOLD),
        DriftSettings.of(settings));
  }

  /** Else windows would close by silence that is no sign against any instance yet. */
  private static void requireModelTimeout(Settings settings, List<String> problems) {
    if (settings.duration(MODEL_TIMEOUT).compareTo(settings.duration(INSTANCE_TIMEOUT)) < 0) {
      problems.add(
          settings.problem(
              MODEL_TIMEOUT,
              "at least " + INSTANCE_TIMEOUT + ", " + settings.text(INSTANCE_TIMEOUT)));
    }
  }

  /** Else an instance would be forgotten before the last window that it is in has closed. */
  private static void requireRetention(Settings settings, List<String> problems) {
    Duration needed =
        settings
            .duration(WINDOW_SIZE)
            .plus(settings.duration(WINDOW_GRACE))
            .plus(settings.duration(MODEL_TIMEOUT));
    if (settings.duration(INSTANCE_RETENTION).compareTo(needed) <= 0) {
      problems.add(
          settings.problem(
              INSTANCE_RETENTION,
              "more than "
                  + String.join(" + ", WINDOW_SIZE, WINDOW_GRACE, MODEL_TIMEOUT)
                  + ", "
                  + needed));
    }
  }

  private static void requireLonger(
      Settings settings, String longer, String than, List<String> problems) {
    if (settings.duration(longer).compareTo(settings.duration(than)) <= 0) {
      problems.add(settings.problem(longer, "more than " + than + ", " + settings.text(than)));
    }
  }
}
