package io.layerwatch.instrumentation.verify;

import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.Settings;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/**
 * How candidates are measured.
 *
 * @param data text to measure on; without it nothing is measured
 * @param gate least share of next-token accuracy that must be retained
 * @param share of one thread's time that measuring may take
 * @param sequences of the data at most
 */
public record VerifierSettings(Optional<Path> data, double gate, double share, int sequences) {

  public static final String DATA = "instrumentation.verifier.data";
  public static final String GATE = "instrumentation.verifier.gate";
  public static final String SHARE = "instrumentation.verifier.share";
  public static final String SEQUENCES = "instrumentation.verifier.sequences";

  /** Adds these settings to a definition. */
  public static ConfigDef addTo(ConfigDef definition) {
    return definition
        .define(
            DATA,
            Type.STRING,
            "",
            Importance.HIGH,
            "Text (.txt) or sequences (.jsonl) that candidates are measured on; empty measures"
                + " none.")
        .define(
            GATE,
            Type.DOUBLE,
            0.9,
            Expect.positiveShare(),
            Importance.MEDIUM,
            "Least share of next-token accuracy that a verified recommendation retains.")
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
            Expect.atLeast(1),
            Importance.LOW,
            "Sequences of the data at most, from its beginning.");
  }

  /** Reads the settings. */
  public static VerifierSettings of(Settings settings) {
    return new VerifierSettings(
        settings.optionalText(DATA).map(Path::of),
        settings.number(GATE),
        settings.number(SHARE),
        settings.integer(SEQUENCES));
  }
}
