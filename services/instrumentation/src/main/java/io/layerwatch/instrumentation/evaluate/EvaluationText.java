package io.layerwatch.instrumentation.evaluate;

import io.layerwatch.instrumentation.JsonLine;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.PromptLine.InvalidPromptsException;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The sequences of a text that predictions are measured on.
 *
 * <p>A file named {@code .jsonl} has a text or tokens a line, as prompts do; any other is one text.
 * What is longer than a sequence is cut, and every piece of a text begins with the tokenizer's
 * marks.
 */
public final class EvaluationText {

  private final Path file;
  private final LanguageModel model;
  private final MarkedTexts texts;
  private final int length;
  private final long limit;
  private final List<int[]> sequences = new ArrayList<>();

  private EvaluationText(Path file, LanguageModel model, int length, long limit) {
    this.file = file;
    this.model = model;
    this.texts = new MarkedTexts(model.tokenizer());
    this.length = length;
    this.limit = limit;
    int context = model.config().contextLength();
    if (length < texts.shortest() || length > context) {
      throw new IllegalArgumentException(
          "sequence tokens: expected %d to %d, got %d"
              .formatted(texts.shortest(), context, length));
    }
  }

  /** Whether a file holds lines of JSON. */
  static boolean isLines(Path file) {
    return String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).endsWith(".jsonl");
  }

  /** All of a file, cut to the model's context. */
  public static List<int[]> read(Path file, LanguageModel model) {
    return read(file, model, model.config().contextLength(), Long.MAX_VALUE);
  }

  /**
   * The first sequences of a file, each within the model's vocabulary.
   *
   * @param length tokens of a sequence at most, within the model's context
   * @param limit sequences at most
   * @throws InvalidPromptsException in one sentence, when the file is wrong
   */
  public static List<int[]> read(Path file, LanguageModel model, int length, long limit) {
    EvaluationText text = new EvaluationText(file, model, length, limit);
    if (isLines(file)) {
      text.readLines();
    } else {
      text.readText();
    }
    if (text.sequences.isEmpty()) {
      throw new InvalidPromptsException(
          file + ": expected a sequence of two tokens or more, got none");
    }
    return text.sequences;
  }

  private void readLines() {
    for (JsonLine line : JsonLine.read(file)) {
      PromptLine prompt = PromptLine.of(line);
      String key = prompt instanceof PromptLine.Text ? "text" : "tokens";
      add(line.place() + ": " + key, prompt.encode(model.tokenizer()));
    }
  }

  private void readText() {
    long wanted = limit > Long.MAX_VALUE / length ? Long.MAX_VALUE : limit * length;
    add(file.toString(), texts.encode(JsonLine.text(file), wanted));
  }

  private void add(String place, int[] ids) {
    for (int[] sequence : texts.cut(ids, length)) {
      if (sequences.size() == limit) {
        return;
      }
      model
          .problemWith(place, sequence)
          .ifPresent(
              problem -> {
                throw new InvalidPromptsException(problem);
              });
      sequences.add(sequence);
    }
  }
}
