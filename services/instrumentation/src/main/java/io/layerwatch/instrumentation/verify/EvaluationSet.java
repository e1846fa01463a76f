package io.layerwatch.instrumentation.verify;

import io.layerwatch.instrumentation.PromptLine.InvalidPromptsException;
import io.layerwatch.instrumentation.checkpoint.ContentDigest;
import io.layerwatch.instrumentation.evaluate.EvaluationText;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A text that candidates are measured on.
 *
 * @param name of the file, and the first digits of its SHA-256
 * @param sequences token ids, within the model's vocabulary and context, each once: one that
 *     repeats tells nothing new
 */
record EvaluationSet(String name, List<int[]> sequences) {

  /** Of fewer the standard error says little. */
  static final int FEWEST_SEQUENCES = 30;

  private static final int LONGEST_NAME = 200;

  /**
   * Reads the beginning of a file.
   *
   * @throws InvalidSettingsException in one sentence, when it is no such text, or too little of it
   */
  static EvaluationSet read(Path file, LanguageModel model, VerifierSettings settings) {
    int length = Math.min(settings.sequenceTokens(), model.config().contextLength());
    EvaluationSet set;
    try {
      set =
          new EvaluationSet(
              shown(file) + " sha256:" + new ContentDigest().add(Files.readAllBytes(file)).digits(),
              distinct(EvaluationText.read(file, model, length, settings.sequences())));
    } catch (IOException | InvalidPromptsException e) {
      throw problem(String.valueOf(e.getMessage()));
    }
    set.requireEnough(file, length, settings);
    return set;
  }

  private void requireEnough(Path file, int length, VerifierSettings settings) {
    if (sequences.size() < FEWEST_SEQUENCES) {
      throw problem(
          "%s: expected %d different sequences or more, got %d of up to %d tokens (%s, %s)"
              .formatted(
                  file,
                  FEWEST_SEQUENCES,
                  sequences.size(),
                  length,
                  VerifierSettings.SEQUENCE_TOKENS,
                  VerifierSettings.SEQUENCES));
    }
    if (tokens() < settings.minimumTokens()) {
      throw problem(
          "%s: expected %d predicted tokens or more (%s), got %d"
              .formatted(
                  file, settings.minimumTokens(), VerifierSettings.MINIMUM_TOKENS, tokens()));
    }
  }

  /** A name that goes into records and terminals. */
  private static String shown(Path file) {
    String name = String.valueOf(file.getFileName()).replaceAll("\\p{Cntrl}", "?");
    return name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  private static InvalidSettingsException problem(String problem) {
    return new InvalidSettingsException(List.of(VerifierSettings.DATA + ": " + problem));
  }

  private static List<int[]> distinct(List<int[]> sequences) {
    Map<List<Integer>, int[]> first = new LinkedHashMap<>();
    sequences.forEach(ids -> first.putIfAbsent(Arrays.stream(ids).boxed().toList(), ids));
    return List.copyOf(first.values());
  }

  /** Share of the predicted tokens that are the most frequent one: what takes no model to guess. */
  double constantGuess() {
    Map<Integer, Long> counts =
        sequences.stream()
            .flatMapToInt(ids -> Arrays.stream(ids).skip(1))
            .boxed()
            .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    return (double) Collections.max(counts.values()) / tokens();
  }

  /** Tokens that are predicted: all of a sequence but its first. */
  private long tokens() {
    return sequences.stream().mapToLong(sequence -> sequence.length - 1).sum();
  }
}
