package io.layerwatch.instrumentation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.PromptLine.InvalidPromptsException;
import io.layerwatch.runtime.process.JsonProblem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One line of a JSON Lines file.
 *
 * @param place file and number of the line, from 1, for messages
 */
public record JsonLine(String place, JsonNode json) {

  /**
   * Reads the lines of a file; empty ones are passed over.
   *
   * @throws InvalidPromptsException in one sentence, when there is none, or one is no JSON
   */
  public static List<JsonLine> read(Path file) {
    ObjectMapper mapper = new ObjectMapper();
    List<String> lines = text(file).lines().toList();
    List<JsonLine> read = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        read.add(parse(mapper, file + ":" + (i + 1), lines.get(i)));
      }
    }
    if (read.isEmpty()) {
      throw new InvalidPromptsException(file + ": expected at least one prompt, got none");
    }
    return read;
  }

  private static JsonLine parse(ObjectMapper mapper, String place, String line) {
    try {
      return new JsonLine(place, mapper.readTree(line));
    } catch (JsonProcessingException e) {
      throw new InvalidPromptsException(place + ": expected JSON: " + JsonProblem.inLine(e));
    }
  }

  /**
   * All of a file.
   *
   * @throws InvalidPromptsException in one sentence, when it cannot be read
   */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new InvalidPromptsException(file + ": expected a file, found none");
    } catch (CharacterCodingException e) {
      throw new InvalidPromptsException(file + ": expected UTF-8 text");
    } catch (IOException e) {
      throw new InvalidPromptsException(file + ": cannot be read: " + e.getMessage());
    }
  }

  /** The text under a key, which is not empty. */
  public String text(String key) {
    JsonNode value = json.path(key);
    if (!value.isTextual() || value.asText().isEmpty()) {
      throw refused(key, "a text that is not empty", value);
    }
    return value.asText();
  }

  /** Why a line is not what it should be. */
  public InvalidPromptsException refused(String key, String expected, JsonNode got) {
    return new InvalidPromptsException(
        "%s: %s: expected %s, got %s"
            .formatted(place, key, expected, got.isMissingNode() ? "none" : got));
  }
}
