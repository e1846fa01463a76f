package io.layerwatch.instrumentation.evaluate;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.JsonLine;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is asked of a model: the tasks of arXiv 2411.02117, by how likely it finds texts. */
enum EvaluationTask {
  /** To predict every token of a text: {@code {"text": …}} or {@code {"tokens": […]}}. */
  LANGUAGE_MODELING("language-modeling"),

  /** To predict the answer after a prompt: {@code {"prompt": …, "answer": …}}. */
  ANSWER_LIKELIHOOD("answer-likelihood"),

  /** To choose: {@code {"prompt": …, "choices": […], "answer": index}}. */
  MULTIPLE_CHOICE("multiple-choice"),

  /** To choose a label among all of the file: {@code {"text": …, "label": …}}. */
  CLASSIFICATION("classification");

  private final String id;

  EvaluationTask(String id) {
    this.id = id;
  }

  String id() {
    return id;
  }

  static Optional<EvaluationTask> of(String id) {
    return Arrays.stream(values()).filter(task -> task.id.equals(id)).findFirst();
  }

  static String ids() {
    return Arrays.stream(values()).map(EvaluationTask::id).collect(Collectors.joining(", "));
  }

  /** The task that a file's first line is for; a text is for language modelling. */
  static EvaluationTask recognised(Path file) {
    return EvaluationText.isLines(file)
        ? recognised(JsonLine.read(file).get(0))
        : LANGUAGE_MODELING;
  }

  private static EvaluationTask recognised(JsonLine line) {
    JsonNode json = line.json();
    if (json.has("choices")) {
      return MULTIPLE_CHOICE;
    }
    if (json.has("prompt") || json.has("answer")) {
      return ANSWER_LIKELIHOOD;
    }
    return json.has("label") ? CLASSIFICATION : LANGUAGE_MODELING;
  }

  /** What goes by this task's name in a report, in the plural. */
  String unit() {
    return switch (this) {
      case LANGUAGE_MODELING -> "sequences";
      case ANSWER_LIKELIHOOD -> "answers";
      case MULTIPLE_CHOICE -> "questions";
      case CLASSIFICATION -> "texts";
    };
  }

  /** The questions of lines; there are none in language modelling. */
  List<Question> questions(Path file) {
    List<JsonLine> lines = JsonLine.read(file);
    return switch (this) {
      case LANGUAGE_MODELING -> throw new IllegalStateException("no questions");
      case ANSWER_LIKELIHOOD -> lines.stream().map(Question::answer).toList();
      case MULTIPLE_CHOICE -> lines.stream().map(Question::choice).toList();
      case CLASSIFICATION -> Question.labelled(file, lines);
    };
  }
}
