package io.layerwatch.benchmarks.streaming;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.Topics;
import io.layerwatch.scorer.ScorerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What there is to work off, where, and how: the same for every contender.
 *
 * @param connection settings that name broker and registry
 * @param directory for what a contender keeps on disk
 * @param partitions of the summaries' topic
 * @param records on it
 * @param windowSeconds size of a window
 * @param graceSeconds for how long a window waits for what comes late
 * @param commitMillis between commits or checkpoints
 */
public record Backlog(
    Map<String, String> connection,
    String directory,
    int partitions,
    long records,
    int windowSeconds,
    int graceSeconds,
    int commitMillis) {

  private static final ObjectMapper JSON = new ObjectMapper();

  public Backlog {
    connection = Map.copyOf(connection);
  }

  public String bootstrapServers() {
    return connection.get(CommonSettings.BOOTSTRAP_SERVERS);
  }

  /** The name of the summaries' topic. */
  public String summaries() {
    try (Topics topics = topics()) {
      return topics.activationSummaries().name();
    }
  }

  public Duration window() {
    return Duration.ofSeconds(windowSeconds);
  }

  public Duration grace() {
    return Duration.ofSeconds(graceSeconds);
  }

  /** A directory of that name for a contender alone. */
  public Path directory(String name) {
    return Path.of(directory, name);
  }

  /** Settings of a scorer of these windows. */
  Settings scorer(Map<String, String> others) {
    Map<String, String> all = new HashMap<>(connection);
    all.put(ScorerSettings.WINDOW_SIZE, windowSeconds + "s");
    all.put(ScorerSettings.WINDOW_GRACE, graceSeconds + "s");
    all.put("kafka.commit.interval.ms", Integer.toString(commitMillis));
    all.putAll(others);
    return Settings.load(ScorerSettings.define(), SettingsSources.of(all));
  }

  /** The topics and how their records are read and written. */
  public Topics topics() {
    return Topics.of(scorer(Map.of()));
  }

  /** As functions of Flink take it along, and a process its arguments. */
  public String toJson() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot be written as JSON", e);
    }
  }

  public static Backlog ofJson(String json) {
    try {
      return JSON.readValue(json, Backlog.class);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected what toJson wrote, got " + json, e);
    }
  }
}
