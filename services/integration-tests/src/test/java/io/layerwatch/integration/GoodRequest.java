package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A request that must be answered.
 *
 * @param expected what its answer must be
 */
record GoodRequest(
    String kind, String path, Map<String, String> headers, ObjectNode body, Expected expected) {

  private static final String DONE = "data: [DONE]\n\n";

  /**
   * A good answer.
   *
   * @param texts of each choice; empty where only the form is known
   * @param finish what each choice may have ended with
   */
  record Expected(List<String> texts, Set<String> finish, int promptTokens) {}

  /** What an answer is made of, whole or streamed. */
  private record Answer(List<StringBuilder> texts, List<String> finishes, JsonNode usage) {}

  /** Holds an answer of status 200 against what is known; returns the tokens it took. */
  int check(String text) {
    Answer answer = body.path("stream").asBoolean() ? streamed(text) : whole(text);
    assertThat(answer.finishes).isNotEmpty().isSubsetOf(expected.finish);
    if (!expected.texts.isEmpty()) {
      assertThat(answer.texts).map(StringBuilder::toString).isEqualTo(expected.texts);
    }
    assertThat(answer.usage.path("prompt_tokens").asInt()).isEqualTo(expected.promptTokens);
    return answer.usage.path("total_tokens").asInt();
  }

  private Answer whole(String text) {
    JsonNode json = json(text);
    List<StringBuilder> texts = new ArrayList<>();
    List<String> finishes = new ArrayList<>();
    for (JsonNode choice : json.path("choices")) {
      texts.add(new StringBuilder(text(choice, "message")));
      finishes.add(choice.path("finish_reason").asText());
    }
    return new Answer(texts, finishes, json.path("usage"));
  }

  private Answer streamed(String text) {
    assertThat(text).endsWith(DONE);
    List<StringBuilder> texts = new ArrayList<>();
    List<String> finishes = new ArrayList<>();
    JsonNode last = ApiClient.JSON.missingNode();
    for (String event : text.substring(0, text.length() - DONE.length()).split("\n\n")) {
      assertThat(event).startsWith("data: ");
      last = json(event.substring("data: ".length()));
      for (JsonNode choice : last.path("choices")) {
        while (texts.size() <= choice.path("index").asInt()) {
          texts.add(new StringBuilder());
        }
        texts.get(choice.path("index").asInt()).append(text(choice, "delta"));
        if (!choice.path("finish_reason").isNull()) {
          finishes.add(choice.path("finish_reason").asText());
        }
      }
    }
    return new Answer(texts, finishes, last.path("usage"));
  }

  private static String text(JsonNode choice, String chat) {
    return choice.path("text").asText(choice.path(chat).path("content").asText());
  }

  private static JsonNode json(String text) {
    try {
      return ApiClient.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError("expected JSON, got " + text, e);
    }
  }
}
