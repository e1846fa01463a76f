package io.layerwatch.instrumentation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.model.Tokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new InvalidPromptsException(file + ": expected a file, found none");
    } catch (CharacterCodingException e) {
      throw new InvalidPromptsException(file + ": expected UTF-8 text");
    } catch (IOException e) {
      throw new InvalidPromptsException(file + ": cannot be read: " + e.getMessage());
    }
    ObjectMapper json = new ObjectMapper();
    List<PromptLine> prompts = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        prompts.add(parse(json, file + ":" + (i + 1), lines.get(i)));
      }
    }
    if (prompts.isEmpty()) {
      throw new InvalidPromptsException(file + ": expected at least one prompt, got none");
    }
    return prompts;
  }

  private static PromptLine parse(ObjectMapper json, String place, String line) {
    JsonNode node;
    try {
      node = json.readTree(line);
    } catch (JsonProcessingException e) {
      throw new InvalidPromptsException(place + ": expected JSON: " + e.getOriginalMessage());
    }
    if (node.path("text").isTextual() && !node.has("tokens")) {
      return new Text(node.path("text").asText());
    }
    if (node.path("tokens").isArray() && !node.has("text")) {
      List<Integer> ids = new ArrayList<>();
      for (JsonNode id : node.path("tokens")) {
        if (!id.isInt()) {
          throw new InvalidPromptsException(place + ": tokens: expected whole numbers, got " + id);
        }
        ids.add(id.asInt());
      }
      return new Tokens(ids);
    }
    throw new InvalidPromptsException(
        place + ": expected {\"text\": …} or {\"tokens\": […]}, got " + line);
  }
}
