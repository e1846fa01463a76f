package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.generate.Sampling;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A request to {@code POST /v1/completions}, as OpenAI defines it, as far as this service goes. A
 * parameter that would change the answer and is not supported is refused, never ignored; so is one
 * that nobody here has heard of.
 *
 * @param prompt a text, or token ids
 * @param maxTokens most tokens to generate; 0 only passes the prompt through the model
 */
record CompletionRequest(PromptLine prompt, int maxTokens, Sampling sampling) {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int DEFAULT_MAX_TOKENS = 16;

  /** Parameters that this service follows, and one that says nothing about the answer. */
  private static final Set<String> SUPPORTED =
      Set.of("prompt", "model", "max_tokens", "temperature", "top_p", "seed", "user");

  /** Parameters that may come with the value that changes nothing. */
  private static final Set<String> NEUTRAL =
      Set.of(
          "n",
          "best_of",
          "echo",
          "stream",
          "logprobs",
          "suffix",
          "stop",
          "presence_penalty",
          "frequency_penalty",
          "logit_bias");

  /** Of these, 1 changes nothing. */
  private static final Set<String> COUNTS = Set.of("n", "best_of");

  static CompletionRequest parse(byte[] body, String served) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest("body: expected JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw ApiException.badRequest("body: expected JSON");
    }
    if (json == null || !json.isObject()) {
      throw ApiException.badRequest("body: expected a JSON object");
    }
    refuseUnsupported(json);
    if (json.hasNonNull("model") && !json.path("model").asText().equals(served)) {
      throw new ApiException(404, "model: expected \"" + served + "\", got " + json.path("model"));
    }
    return new CompletionRequest(prompt(json), maxTokens(json), sampling(json));
  }

  private static PromptLine prompt(JsonNode json) {
    JsonNode prompt = json.path("prompt");
    if (prompt.isTextual()) {
      return new PromptLine.Text(prompt.asText());
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : prompt) {
      if (!id.isInt()) {
        throw ApiException.badRequest("prompt: expected a text or an array of token ids");
      }
      ids.add(id.asInt());
    }
    if (!prompt.isArray()) {
      throw ApiException.badRequest("prompt: expected a text or an array of token ids");
    }
    return new PromptLine.Tokens(ids);
  }

  private static int maxTokens(JsonNode json) {
    JsonNode limit = json.path("max_tokens");
    if (limit.isMissingNode() || limit.isNull()) {
      return DEFAULT_MAX_TOKENS;
    }
    if (!limit.isInt() || limit.asInt() < 0) {
      throw ApiException.badRequest("max_tokens: expected a whole number, 0 or more, got " + limit);
    }
    return limit.asInt();
  }

  private static Sampling sampling(JsonNode json) {
    JsonNode seed = json.path("seed");
    boolean absent = seed.isMissingNode() || seed.isNull();
    if (!absent && !(seed.isIntegralNumber() && seed.canConvertToLong())) {
      throw ApiException.badRequest("seed: expected a whole number, got " + seed);
    }
    try {
      return new Sampling(
          number(json, "temperature"),
          number(json, "top_p"),
          absent ? OptionalLong.empty() : OptionalLong.of(seed.asLong()));
    } catch (IllegalArgumentException e) {
      throw ApiException.badRequest(e.getMessage());
    }
  }

  /** Both of OpenAI's sampling numbers are 1 by default. */
  private static double number(JsonNode json, String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return 1;
    }
    if (!value.isNumber()) {
      throw ApiException.badRequest(key + ": expected a number, got " + value);
    }
    return value.asDouble();
  }

  private static void refuseUnsupported(JsonNode json) {
    json.properties()
        .forEach(
            parameter -> {
              if (!isSupported(parameter.getKey(), parameter.getValue())) {
                throw ApiException.badRequest(
                    parameter.getKey() + ": not supported yet, got " + parameter.getValue());
              }
            });
  }

  private static boolean isSupported(String key, JsonNode value) {
    return SUPPORTED.contains(key) || (NEUTRAL.contains(key) && isNeutral(key, value));
  }

  private static boolean isNeutral(String key, JsonNode value) {
    if (value.isNumber()) {
      // To ask for 0 log probabilities is to ask for the sampled token's.
      double neutral = COUNTS.contains(key) ? 1 : 0;
      return value.doubleValue() == neutral && !key.equals("logprobs");
    }
    return value.isNull()
        || (value.isBoolean() && !value.asBoolean())
        || (value.isContainerNode() && value.isEmpty());
  }
}
