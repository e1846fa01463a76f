package io.layerwatch.instrumentation.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.JsonLine;
import io.layerwatch.instrumentation.PromptLine.InvalidPromptsException;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * A text and what could follow it.
 *
 * @param place the line, for messages
 * @param keys what the line calls the text and what follows, for messages
 * @param prompt the text
 * @param candidates what could follow, as it stands behind the text
 * @param right the candidate that does, 0-based
 */
record Question(String place, String keys, String prompt, List<String> candidates, int right) {

  Question {
    candidates = List.copyOf(candidates);
  }

  static Question answer(JsonLine line) {
    return new Question(
        line.place(), "prompt and answer", prompt(line), List.of(line.text("answer")), 0);
  }

  static Question choice(JsonLine line) {
    JsonNode given = line.json().path("choices");
    List<String> choices = new ArrayList<>();
    given.forEach(choice -> choices.add(choice.isTextual() ? choice.asText() : ""));
    if (!given.isArray() || choices.size() < 2 || choices.contains("")) {
      throw line.refused("choices", "two texts or more that are not empty", given);
    }
    JsonNode answer = line.json().path("answer");
    if (!answer.isInt() || answer.asInt() < 0 || answer.asInt() >= choices.size()) {
      throw line.refused("answer", "an index from 0 to " + (choices.size() - 1), answer);
    }
    return new Question(line.place(), "prompt and choice", prompt(line), choices, answer.asInt());
  }

  /** Empty is a prompt, too: then the answer follows the tokenizer's marks. */
  private static String prompt(JsonLine line) {
    JsonNode prompt = line.json().path("prompt");
    if (!prompt.isTextual()) {
      throw line.refused("prompt", "a text", prompt);
    }
    return prompt.asText();
  }

  /** The labels of all lines are every line's candidates, in alphabetical order. */
  static List<Question> labelled(Path file, List<JsonLine> lines) {
    TreeSet<String> distinct = new TreeSet<>();
    lines.forEach(line -> distinct.add(line.text("label")));
    if (distinct.size() < 2) {
      throw new InvalidPromptsException(
          file + ": label: expected two labels or more in the file, got only " + distinct);
    }
    List<String> labels = List.copyOf(distinct);
    return lines.stream().map(line -> labelled(line, labels)).toList();
  }

  private static Question labelled(JsonLine line, List<String> labels) {
    String text = line.text("text");
    boolean spaced = Character.isWhitespace(text.charAt(text.length() - 1));
    return new Question(
        line.place(),
        "text and label",
        text,
        labels.stream().map(label -> spaced ? label : " " + label).toList(),
        labels.indexOf(line.text("label")));
  }

  /** The same in a model's tokens. */
  Example example(LanguageModel model, MarkedTexts texts) {
    int[] alone = texts.encode(prompt);
    return new Example(
        candidates.stream().map(candidate -> continuation(model, texts, alone, candidate)).toList(),
        right);
  }

  /**
   * Text and candidate are encoded as one, so that tokens are those of the text as it would be
   * served. The candidate's begin where those of the text alone end or differ.
   */
  private Continuation continuation(
      LanguageModel model, MarkedTexts texts, int[] alone, String candidate) {
    int[] ids = texts.encode(prompt + candidate);
    int from = 0;
    while (from < Math.min(alone.length, ids.length) && alone[from] == ids[from]) {
      from++;
    }
    if (from == 0 || from == ids.length) {
      throw new InvalidPromptsException(
          "%s: %s: expected a token or more of each, got %d and %d"
              .formatted(place, keys, from, ids.length - from));
    }
    model
        .problemWith(place + ": " + keys, ids)
        .ifPresent(
            problem -> {
              throw new InvalidPromptsException(problem);
            });
    return new Continuation(ids, from);
  }
}
