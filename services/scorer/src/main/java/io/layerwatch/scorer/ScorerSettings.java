package io.layerwatch.scorer;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.Settings;
import java.time.Duration;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * Settings of the scorer.
 *
 * @param applicationId consumer group, prefix of internal topics
 * @param windowSize tumbling windows aligned to the epoch
 * @param grace how long after its end a window waits for late summaries, by event time
 * @param idleTimeout silence, by wall clock, after which a model's due windows close anyway
 * @param futureTolerance how far ahead of this machine's clock a summary may lie
 * @param sparsityThreshold rung of the near-zero ladder behind sparsity and AVSS
 */
public record ScorerSettings(
    String applicationId,
    Duration windowSize,
    Duration grace,
    Duration idleTimeout,
    Duration futureTolerance,
    double sparsityThreshold) {

  public static final String APPLICATION_ID = "scorer.application.id";
  public static final String WINDOW_SIZE = "scorer.window.size";
  public static final String WINDOW_GRACE = "scorer.window.grace";
  public static final String IDLE_TIMEOUT = "scorer.idle.timeout";
  public static final String FUTURE_TOLERANCE = "scorer.future.tolerance";
  public static final String SPARSITY_THRESHOLD = "scorer.sparsity.threshold";

  /** Adds these settings to a definition. */
  public static ConfigDef addTo(ConfigDef definition) {
    return definition
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
            "Length of a window; a multiple of every instance's flush interval.")
        .define(
            WINDOW_GRACE,
            Type.STRING,
            "30s",
            Expect.duration(),
            Importance.HIGH,
            "How long after its end a window waits for late summaries, by event time.")
        .define(
            IDLE_TIMEOUT,
            Type.STRING,
            "30s",
            Expect.positiveDuration(),
            Importance.MEDIUM,
            "Silence of all instances of a model after which its due windows close anyway.")
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
    return new ScorerSettings(
        settings.text(APPLICATION_ID),
        settings.duration(WINDOW_SIZE),
        settings.duration(WINDOW_GRACE),
        settings.duration(IDLE_TIMEOUT),
        settings.duration(FUTURE_TOLERANCE),
        settings.number(SPARSITY_THRESHOLD));
  }
}
