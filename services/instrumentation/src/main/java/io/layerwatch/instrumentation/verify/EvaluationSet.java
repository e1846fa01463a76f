package io.layerwatch.instrumentation.verify;

import io.layerwatch.instrumentation.checkpoint.ContentDigest;
import io.layerwatch.instrumentation.evaluate.EvaluationText;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.runtime.process.StartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A text that candidates are measured on.
 *
 * @param name of the file, and the first digits of its SHA-256
 * @param sequences token ids, within the model's vocabulary and context
 */
record EvaluationSet(String name, List<int[]> sequences) {

  /** Of fewer the standard error says little. */
  static final int FEWEST_SEQUENCES = 10;

  /**
   * Reads the beginning of a file.
   *
   * @throws StartException in one sentence, when it is no such text, or too little of it
   */
  static EvaluationSet read(Path file, LanguageModel model, VerifierSettings settings) {
    int length = Math.min(settings.sequenceTokens(), model.config().contextLength());
    EvaluationSet set;
    try {
      set =
          new EvaluationSet(
              file.getFileName()
                  + " sha256:"
                  + new ContentDigest().add(Files.readAllBytes(file)).digits(),
              EvaluationText.read(file, model, length, settings.sequences()));
    } catch (IOException | RuntimeException e) {
      throw new StartException(VerifierSettings.DATA + ": " + e.getMessage(), e);
    }
    set.requireEnough(file, length, settings);
    return set;
  }

  private void requireEnough(Path file, int length, VerifierSettings settings) {
    if (sequences.size() < FEWEST_SEQUENCES) {
      throw new StartException(
          "%s: %s: expected %d sequences or more, got %d of up to %d tokens (%s, %s)"
              .formatted(
                  VerifierSettings.DATA,
                  file,
                  FEWEST_SEQUENCES,
                  sequences.size(),
                  length,
                  VerifierSettings.SEQUENCE_TOKENS,
                  VerifierSettings.SEQUENCES));
    }
    if (tokens() < settings.minimumTokens()) {
      throw new StartException(
          "%s: %s: expected %d predicted tokens or more (%s), got %d"
              .formatted(
                  VerifierSettings.DATA,
                  file,
                  settings.minimumTokens(),
                  VerifierSettings.MINIMUM_TOKENS,
                  tokens()));
    }
  }

  /** Tokens that are predicted: all of a sequence but its first. */
  private long tokens() {
    return sequences.stream().mapToLong(sequence -> sequence.length - 1).sum();
  }
}
