package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.chat.ChatTemplate;
import io.layerwatch.instrumentation.chat.ChatTemplate.TemplateException;
import io.layerwatch.instrumentation.http.GenerationRequest.Prompt;
import io.layerwatch.instrumentation.model.LanguageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Reads a request to {@code POST /v1/chat/completions}, by the same rules as {@link
 * CompletionRequest}. The messages become one text by the model's own template.
 */
final class ChatRequest {

  private static final int ALTERNATIVES_AT_MOST = 20;

  /** Beside those of both endpoints. */
  private static final Set<String> FOLLOWED =
      Set.of("messages", "max_completion_tokens", "top_logprobs");

  private static final Set<String> NEUTRAL =
      Set.of(
          "n",
          "tools",
          "tool_choice",
          "functions",
          "function_call",
          "modalities",
          "response_format");

  private ChatRequest() {}

  /** Reads, renders and encodes; needs the model in use. */
  static GenerationRequest read(
      Parameters parameters, LanguageModel model, Optional<ChatTemplate> template) {
    parameters.requireOnly(FOLLOWED, NEUTRAL);
    parameters.requireModel(model.id().name());
    List<ObjectNode> messages = messages(parameters);
    OptionalInt limit = parameters.count("max_completion_tokens", Integer.MAX_VALUE);
    boolean stream = parameters.flag("stream");
    return new GenerationRequest(
        List.of(prompt(messages, model, template)),
        limit.isPresent() ? limit : parameters.count("max_tokens", Integer.MAX_VALUE),
        parameters.sampling(model.config().vocabularySize()),
        parameters.stops(),
        alternatives(parameters),
        false,
        stream,
        parameters.includeUsage(stream));
  }

  private static Prompt prompt(
      List<ObjectNode> messages, LanguageModel model, Optional<ChatTemplate> template) {
    if (template.isEmpty()) {
      throw ApiException.refused(
          400,
          "no_chat_template",
          "messages: the model has no chat template (chat_template in tokenizer_config.json, or"
              + " chat_template.jinja); expected POST /v1/completions");
    }
    try {
      String text = template.get().render(messages);
      return new Prompt(
          IntStream.of(model.tokenizer().encodeMarked(text)).boxed().toList(), Optional.of(text));
    } catch (TemplateException e) {
      throw ApiException.badRequest("messages", e.getMessage());
    }
  }

  private static List<ObjectNode> messages(Parameters parameters) {
    JsonNode given = parameters.json().path("messages");
    if (!given.isArray() || given.isEmpty()) {
      throw ApiException.badRequest("messages", "expected an array of at least one message");
    }
    List<ObjectNode> messages = new ArrayList<>();
    for (JsonNode message : given) {
      String at = "messages[" + messages.size() + "]";
      if (!message.isObject() || !message.path("role").isTextual()) {
        throw ApiException.badRequest(at, "expected an object with a role");
      }
      ObjectNode copy = message.deepCopy();
      boolean calls = message.hasNonNull("tool_calls") || message.hasNonNull("function_call");
      if (!calls || message.hasNonNull("content")) {
        copy.put("content", content(at + ".content", message.path("content")));
      }
      messages.add(copy);
    }
    return messages;
  }

  /** A text, or parts of one, which go on lines of their own. */
  private static String content(String at, JsonNode content) {
    if (content.isTextual()) {
      return content.asText();
    }
    Parameters.require(content.isArray(), at, "a text or an array of text parts", content);
    List<String> parts = new ArrayList<>();
    for (JsonNode part : content) {
      Parameters.require(
          part.path("type").asText().equals("text") && part.path("text").isTextual(),
          at,
          "parts of type text",
          part);
      parts.add(part.path("text").asText());
    }
    return String.join("\n", parts);
  }

  private static OptionalInt alternatives(Parameters parameters) {
    boolean wanted = parameters.flag("logprobs");
    OptionalInt count = parameters.count("top_logprobs", ALTERNATIVES_AT_MOST);
    if (!wanted && count.orElse(0) > 0) {
      throw ApiException.badRequest("top_logprobs", "expected nothing without logprobs: true");
    }
    return wanted ? OptionalInt.of(count.orElse(0)) : OptionalInt.empty();
  }
}
