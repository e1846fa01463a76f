package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.runtime.process.JsonProblem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The parameters of a request's body. One that is null counts as absent. Each is read by what it is
 * expected to be; anything else gets a 400 that says so.
 */
record Parameters(JsonNode json) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final int STOPS_AT_MOST = 4;

  /** What both endpoints follow. */
  private static final Set<String> FOLLOWED =
      Set.of(
          "model",
          "max_tokens",
          "temperature",
          "top_p",
          "seed",
          "presence_penalty",
          "frequency_penalty",
          "logit_bias",
          "stop",
          "logprobs",
          "stream",
          "stream_options");

  /** What says nothing about the answer, whatever its value. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of("user", "metadata", "store", "safety_identifier", "prompt_cache_key", "service_tier");

  /** Parameters that may come with the value that changes nothing. */
  private static final Map<String, JsonNode> NEUTRAL =
      Map.of(
          "n", parse("1"),
          "best_of", parse("1"),
          "suffix", parse("\"\""),
          "tools", parse("[]"),
          "tool_choice", parse("\"none\""),
          "functions", parse("[]"),
          "function_call", parse("\"none\""),
          "modalities", parse("[\"text\"]"),
          "response_format", parse("{\"type\": \"text\"}"));

  static Parameters of(byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw ApiException.badRequest("body", "expected JSON: " + JsonProblem.of(e));
    } catch (IOException e) {
      throw ApiException.badRequest("body", "expected JSON");
    }
    if (json == null || !json.isObject()) {
      throw ApiException.badRequest("body", "expected a JSON object");
    }
    return new Parameters(json);
  }

  private static JsonNode parse(String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Refuses a parameter that would change the answer and that nobody here follows.
   *
   * @param followed by the endpoint, beside those that both follow
   */
  void requireOnly(Set<String> followed, Set<String> neutral) {
    json.properties()
        .forEach(
            parameter -> {
              String key = parameter.getKey();
              JsonNode value = parameter.getValue();
              boolean taken =
                  FOLLOWED.contains(key)
                      || followed.contains(key)
                      || WITHOUT_EFFECT.contains(key)
                      || (neutral.contains(key) && isNeutral(key, value));
              if (!taken) {
                throw ApiException.badRequest(key, "not supported, got " + shown(value));
              }
            });
  }

  private static boolean isNeutral(String key, JsonNode value) {
    JsonNode neutral = NEUTRAL.get(key);
    return value.isNull()
        || (neutral.isNumber()
            ? value.isNumber() && value.doubleValue() == neutral.doubleValue()
            : value.equals(neutral));
  }

  void requireModel(String served) {
    Optional<JsonNode> model = value("model");
    if (model.isPresent() && !model.get().asText().equals(served)) {
      throw ApiException.modelNotFound(served, model.get().asText());
    }
  }

  /** The value, unless it is absent or null. */
  Optional<JsonNode> value(String key) {
    return Optional.ofNullable(json.get(key)).filter(value -> !value.isNull());
  }

  boolean flag(String key) {
    return value(key)
        .map(value -> require(value.isBoolean(), key, "true or false", value).asBoolean())
        .orElse(false);
  }

  OptionalInt count(String key, int most) {
    String expected =
        most == Integer.MAX_VALUE
            ? "a whole number, 0 or more"
            : "a whole number from 0 to " + most;
    return value(key)
        .map(
            value ->
                require(
                    value.isInt() && value.asInt() >= 0 && value.asInt() <= most,
                    key,
                    expected,
                    value))
        .map(value -> OptionalInt.of(value.asInt()))
        .orElse(OptionalInt.empty());
  }

  /** A text or up to four. */
  List<String> stops() {
    String expected = "a text that is not empty, or an array of up to " + STOPS_AT_MOST;
    List<String> stops = new ArrayList<>();
    value("stop")
        .ifPresent(
            value -> {
              require(value.isTextual() || value.isArray(), "stop", expected, value);
              for (JsonNode stop : value.isArray() ? value : List.of(value)) {
                require(stop.isTextual() && !stop.asText().isEmpty(), "stop", expected, value);
                stops.add(stop.asText());
              }
              require(stops.size() <= STOPS_AT_MOST, "stop", expected, value);
            });
    return stops;
  }

  Sampling sampling(int vocabulary) {
    try {
      return new Sampling(
          number("temperature", 1),
          number("top_p", 1),
          seed(),
          number("presence_penalty", 0),
          number("frequency_penalty", 0),
          biases(vocabulary));
    } catch (IllegalArgumentException e) {
      String[] parts = e.getMessage().split(": ", 2);
      throw ApiException.badRequest(parts[0], parts[1]);
    }
  }

  private OptionalLong seed() {
    return value("seed")
        .map(
            seed ->
                require(
                    seed.isIntegralNumber() && seed.canConvertToLong(),
                    "seed",
                    "a whole number",
                    seed))
        .map(seed -> OptionalLong.of(seed.asLong()))
        .orElse(OptionalLong.empty());
  }

  private double number(String key, double otherwise) {
    return value(key)
        .map(value -> require(value.isNumber(), key, "a number", value).asDouble())
        .orElse(otherwise);
  }

  private Map<Integer, Double> biases(int vocabulary) {
    String expected = "an object of biases from -100 to 100 by token id below " + vocabulary;
    Map<Integer, Double> biases = new HashMap<>();
    value("logit_bias")
        .ifPresent(
            value -> {
              require(value.isObject(), "logit_bias", expected, value);
              value
                  .properties()
                  .forEach(
                      bias -> {
                        boolean known =
                            bias.getKey().matches("\\d{1,9}")
                                && Integer.parseInt(bias.getKey()) < vocabulary;
                        require(known && bias.getValue().isNumber(), "logit_bias", expected, value);
                        biases.put(Integer.valueOf(bias.getKey()), bias.getValue().doubleValue());
                      });
            });
    return biases;
  }

  /** Whether a stream ends with the usage. */
  boolean includeUsage(boolean stream) {
    Optional<JsonNode> options = value("stream_options");
    if (options.isEmpty()) {
      return false;
    }
    if (!stream) {
      throw ApiException.badRequest("stream_options", "expected nothing without stream: true");
    }
    JsonNode include = options.get().path("include_usage");
    for (Map.Entry<String, JsonNode> option : options.get().properties()) {
      // Obfuscation pads events with noise; there is none here.
      if (!Set.of("include_usage", "include_obfuscation").contains(option.getKey())) {
        throw ApiException.badRequest(
            "stream_options", "not supported, got " + shown(options.get()));
      }
    }
    return include.asBoolean(false);
  }

  static JsonNode require(boolean holds, String key, String expected, JsonNode got) {
    if (!holds) {
      throw ApiException.badRequest(key, "expected " + expected + ", got " + shown(got));
    }
    return got;
  }

  /** Long values are cut: an answer is not the place for a prompt. */
  private static String shown(JsonNode value) {
    String text = value.toString();
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
