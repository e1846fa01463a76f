package io.layerwatch.instrumentation;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.model.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a prompts file, one sequence: {@code {"text": …}}, to which the tokenizer adds its
 * marks, or {@code {"tokens": […]}}, taken as they are.
 */
public sealed interface PromptLine {

  /** A text. */
  record Text(String text) implements PromptLine {}

  /** Token ids. */
  record Tokens(List<Integer> ids) implements PromptLine {
    public Tokens {
      ids = List.copyOf(ids);
    }
  }

  /** A file that holds no prompts; the message names file and line. */
  final class InvalidPromptsException extends RuntimeException
      implements io.layerwatch.runtime.process.CommandErrors.OperatorError {
    public InvalidPromptsException(String message) {
      super(message);
    }
  }

  /** The token ids of this sequence. */
  default int[] encode(Tokenizer tokenizer) {
    return this instanceof Text line
        ? tokenizer.encode(line.text())
        : ((Tokens) this).ids().stream().mapToInt(Integer::intValue).toArray();
  }

  /** Reads a JSON Lines file; empty lines are passed over. */
  static List<PromptLine> read(Path file) {
    return JsonLine.read(file).stream().map(PromptLine::of).toList();
  }

  /** What a line says; other keys beside the one are left alone. */
  static PromptLine of(JsonLine line) {
    JsonNode node = line.json();
    if (node.path("text").isTextual() && !node.has("tokens")) {
      return new Text(node.path("text").asText());
    }
    if (node.path("tokens").isArray() && !node.has("text")) {
      List<Integer> ids = new ArrayList<>();
      for (JsonNode id : node.path("tokens")) {
        if (!id.isInt()) {
          throw line.refused("tokens", "whole numbers", id);
        }
        ids.add(id.asInt());
      }
      return new Tokens(ids);
    }
    throw new InvalidPromptsException(
        line.place() + ": expected {\"text\": …} or {\"tokens\": […]}, got " + node);
  }
}
