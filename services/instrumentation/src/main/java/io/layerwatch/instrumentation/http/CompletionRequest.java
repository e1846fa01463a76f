package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.http.GenerationRequest.Prompt;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Reads a request to {@code POST /v1/completions}, as OpenAI defines it, as far as this service
 * goes. A parameter that would change the answer and is not supported is refused, never ignored; so
 * is one that nobody here has heard of.
 */
final class CompletionRequest {

  private static final int DEFAULT_MAX_TOKENS = 16;
  private static final int ALTERNATIVES_AT_MOST = 5;

  /** Beside those of both endpoints. */
  private static final Set<String> FOLLOWED = Set.of("prompt", "echo");

  private static final Set<String> NEUTRAL = Set.of("n", "best_of", "suffix");

  private CompletionRequest() {}

  /** Each becomes a choice; together they hold an inference thread. */
  private static final int PROMPTS_AT_MOST = 64;

  /** Reads and encodes; needs the model in use. */
  static GenerationRequest read(Parameters parameters, LanguageModel model) {
    parameters.requireOnly(FOLLOWED, NEUTRAL);
    parameters.requireModel(model.id().name());
    OptionalInt limit = parameters.count("max_tokens", Integer.MAX_VALUE);
    boolean stream = parameters.flag("stream");
    return new GenerationRequest(
        prompts(parameters.json().path("prompt"), model.tokenizer()),
        OptionalInt.of(limit.orElse(DEFAULT_MAX_TOKENS)),
        parameters.sampling(model.config().vocabularySize()),
        parameters.stops(),
        parameters.count("logprobs", ALTERNATIVES_AT_MOST),
        parameters.flag("echo"),
        stream,
        parameters.includeUsage(stream));
  }

  /** A text, token ids, or an array of either. */
  private static List<Prompt> prompts(JsonNode prompt, Tokenizer tokenizer) {
    if (prompt.isTextual()) {
      return List.of(text(prompt, tokenizer));
    }
    if (!prompt.isArray()) {
      throw unexpected();
    }
    if (prompt.isEmpty() || prompt.get(0).isNumber()) {
      return List.of(tokens(prompt));
    }
    if (prompt.size() > PROMPTS_AT_MOST) {
      throw ApiException.badRequest(
          "prompt", "expected at most " + PROMPTS_AT_MOST + " prompts, got " + prompt.size());
    }
    List<Prompt> prompts = new ArrayList<>();
    for (JsonNode one : prompt) {
      prompts.add(one.isTextual() ? text(one, tokenizer) : tokens(one));
    }
    return prompts;
  }

  private static Prompt text(JsonNode prompt, Tokenizer tokenizer) {
    String text = prompt.asText();
    return new Prompt(IntStream.of(tokenizer.encode(text)).boxed().toList(), Optional.of(text));
  }

  private static Prompt tokens(JsonNode prompt) {
    if (!prompt.isArray()) {
      throw unexpected();
    }
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : prompt) {
      if (!id.isInt()) {
        throw unexpected();
      }
      ids.add(id.asInt());
    }
    return new Prompt(ids, Optional.empty());
  }

  private static ApiException unexpected() {
    return ApiException.badRequest(
        "prompt", "expected a text, an array of token ids, or an array of either");
  }
}
