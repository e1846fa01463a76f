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
 * What candidates are measured on.
 *
 * @param name of the file, and the first digits of its SHA-256
 * @param sequences token ids, within the model's vocabulary and context
 */
record EvaluationSet(String name, List<int[]> sequences) {

  /**
   * Reads the beginning of a file.
   *
   * @throws StartException in one sentence, when it is no such data
   */
  static EvaluationSet read(Path file, LanguageModel model, int sequences) {
    try {
      return new EvaluationSet(
          file.getFileName()
              + " sha256:"
              + new ContentDigest().add(Files.readAllBytes(file)).digits(),
          EvaluationText.read(file, model, model.config().contextLength(), sequences));
    } catch (IOException | RuntimeException e) {
      throw new StartException(VerifierSettings.DATA + ": " + e.getMessage(), e);
    }
  }
}
