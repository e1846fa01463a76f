package io.layerwatch.instrumentation.verify;

import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.Settings;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * How candidates are measured.
 *
 * @param data texts to measure on, each by itself; without any nothing is measured
 * @param gate least share of next-token accuracy that must be retained on every text
 * @param share of one thread's time that measuring may take
 * @param sequences of each text at most
 * @param sequenceTokens tokens of a sequence at most
 * @param minimumTokens predicted tokens of each text at least
 */
public record VerifierSettings(
    List<Path> data,
    double gate,
    double share,
    int sequences,
    int sequenceTokens,
    int minimumTokens) {

  public static final String DATA = "instrumentation.verifier.data";
  public static final String GATE = "instrumentation.verifier.gate";
  public static final String SHARE = "instrumentation.verifier.share";
  public static final String SEQUENCES = "instrumentation.verifier.sequences";
  public static final String SEQUENCE_TOKENS = "instrumentation.verifier.sequence.tokens";
  public static final String MINIMUM_TOKENS = "instrumentation.verifier.tokens.minimum";

  /** Adds these settings to a definition. */
  public static ConfigDef addTo(ConfigDef definition) {
    return definition
        .define(
            DATA,
            Type.LIST,
            "",
            Expect.files(),
            Importance.HIGH,
            "Texts (.txt) or sequences (.jsonl) that candidates are measured on, each by itself,"
                + " separated by commas; empty measures none.")
        .define(
            GATE,
            Type.DOUBLE,
            0.9,
            Expect.positiveShare(),
            Importance.MEDIUM,
            "Least share of next-token accuracy that a verified recommendation retains on every"
                + " text, less two standard errors.")
        .define(
            SHARE,
            Type.DOUBLE,
            0.1,
            Expect.positiveShare(),
            Importance.MEDIUM,
            "Share of one thread's time that measuring a candidate may take.")
        .define(
            SEQUENCES,
            Type.INT,
            256,
            Expect.atLeast(EvaluationSet.FEWEST_SEQUENCES),
            Importance.LOW,
            "Sequences of each text at most, from its beginning.")
        .define(
            SEQUENCE_TOKENS,
            Type.INT,
            2_048,
            Expect.atLeast(16),
            Importance.LOW,
            "Tokens of a sequence at most, and no more than the model's context: what is passed"
                + " through the model at once.")
        .define(
            MINIMUM_TOKENS,
            Type.INT,
            1_000,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Predicted tokens that each text must have, for advice to rest on it.");
  }

  /** Reads the settings. */
  public static VerifierSettings of(Settings settings) {
    return new VerifierSettings(
        settings.list(DATA).stream().map(Path::of).toList(),
        settings.number(GATE),
        settings.number(SHARE),
        settings.integer(SEQUENCES),
        settings.integer(SEQUENCE_TOKENS),
        settings.integer(MINIMUM_TOKENS));
  }
}
