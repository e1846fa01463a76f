package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** How an endpoint writes what was generated: whole, and as the chunks of a stream. */
enum AnswerFormat {

  /** {@code POST /v1/completions}. */
  COMPLETION("cmpl-", "text_completion", "text_completion") {

    @Override
    ObjectNode choice(int index, String text, Optional<List<ScoredToken>> scores) {
      ObjectNode choice = object().put("index", index).put("text", text);
      choice.set("logprobs", scores.<JsonNode>map(this::logProbabilities).orElse(NULL));
      return choice;
    }

    @Override
    ObjectNode part(int index, String text, Optional<List<ScoredToken>> scores) {
      return choice(index, text, scores);
    }

    private ObjectNode logProbabilities(List<ScoredToken> tokens) {
      ObjectNode result = object();
      ArrayNode texts = result.putArray("tokens");
      ArrayNode own = result.putArray("token_logprobs");
      ArrayNode top = result.putArray("top_logprobs");
      ArrayNode offsets = result.putArray("text_offset");
      for (ScoredToken token : tokens) {
        texts.add(token.text());
        offsets.add(token.offset());
        if (token.logProbability().isEmpty()) {
          own.addNull();
          top.addNull();
          continue;
        }
        double probability = ScoredToken.finite(token.logProbability().getAsDouble());
        own.add(probability);
        ObjectNode named = top.addObject();
        // Tokens whose bytes are no character look alike; the likelier one stays.
        token.alternatives().stream()
            .filter(other -> !named.has(other.text()))
            .forEach(other -> named.put(other.text(), ScoredToken.finite(other.logProbability())));
        if (!named.has(token.text())) {
          named.put(token.text(), probability);
        }
      }
      return result;
    }
  },

  /** {@code POST /v1/chat/completions}. */
  CHAT("chatcmpl-", "chat.completion", "chat.completion.chunk") {

    @Override
    ObjectNode choice(int index, String text, Optional<List<ScoredToken>> scores) {
      ObjectNode choice = object().put("index", index);
      choice.putObject("message").put("role", "assistant").put("content", text).putNull("refusal");
      choice.set("logprobs", scores.<JsonNode>map(this::logProbabilities).orElse(NULL));
      return choice;
    }

    @Override
    ObjectNode part(int index, String text, Optional<List<ScoredToken>> scores) {
      ObjectNode choice = object().put("index", index);
      choice.putObject("delta").put("content", text);
      choice.set("logprobs", scores.<JsonNode>map(this::logProbabilities).orElse(NULL));
      return choice;
    }

    @Override
    Optional<ObjectNode> opening(int index) {
      ObjectNode choice = object().put("index", index);
      choice.putObject("delta").put("role", "assistant").put("content", "");
      return Optional.of(choice.putNull("logprobs").putNull("finish_reason"));
    }

    @Override
    ObjectNode ending(int index) {
      ObjectNode choice = object().put("index", index);
      choice.putObject("delta");
      return choice.putNull("logprobs");
    }

    private ObjectNode logProbabilities(List<ScoredToken> tokens) {
      ObjectNode result = object();
      ArrayNode content = result.putArray("content");
      for (ScoredToken token : tokens) {
        ObjectNode one = content.addObject();
        scored(one, token.text(), token.logProbability().orElse(0));
        ArrayNode top = one.putArray("top_logprobs");
        token
            .alternatives()
            .forEach(other -> scored(top.addObject(), other.text(), other.logProbability()));
      }
      return result.putNull("refusal");
    }

    private void scored(ObjectNode node, String text, double logProbability) {
      node.put("token", text).put("logprob", ScoredToken.finite(logProbability));
      if (text.indexOf('\uFFFD') >= 0) {
        // A part of a character: what its bytes are is not known here.
        node.putNull("bytes");
        return;
      }
      ArrayNode bytes = node.putArray("bytes");
      for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
        bytes.add(value & 0xFF);
      }
    }
  };

  private static final JsonNode NULL = NullNode.getInstance();

  private final String idPrefix;
  private final String object;
  private final String chunkObject;

  AnswerFormat(String idPrefix, String object, String chunkObject) {
    this.idPrefix = idPrefix;
    this.object = object;
    this.chunkObject = chunkObject;
  }

  String idPrefix() {
    return idPrefix;
  }

  String objectName(boolean chunk) {
    return chunk ? chunkObject : object;
  }

  /** A whole choice, without what finished it. */
  abstract ObjectNode choice(int index, String text, Optional<List<ScoredToken>> scores);

  /** The next part of a choice. */
  abstract ObjectNode part(int index, String text, Optional<List<ScoredToken>> scores);

  /** What a streamed choice begins with. */
  Optional<ObjectNode> opening(int index) {
    return Optional.empty();
  }

  /** What a streamed choice ends with, before what finished it. */
  ObjectNode ending(int index) {
    return part(index, "", Optional.empty());
  }

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }
}
