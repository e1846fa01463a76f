package io.layerwatch.benchmarks.memory;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Random;

/** The kinds of requests in the mix; which one is drawn decides about how many tokens it takes. */
enum RequestKind {
  PREFILL(0),
  SHORT(4),
  STREAM(8),
  STOP(16),
  CHAT(8),
  CHAT_STREAM(8),
  ECHO_WITH_LOGPROBS(4),
  TOKEN_IDS(4),
  SAMPLED(12),
  LONG(96),
  LONG_STREAM(96);

  static final String COMPLETIONS = "/v1/completions";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String TEXT =
      "We looked at every layer of the house, from the cellar to the roof, and found that some of"
          + " them carried it all while others could be left out and nobody would have seen.";

  private final int limit;

  RequestKind(int limit) {
    this.limit = limit;
  }

  boolean isLong() {
    return limit > 16;
  }

  String path() {
    return this == CHAT || this == CHAT_STREAM ? "/v1/chat/completions" : COMPLETIONS;
  }

  /** A request of this kind, its prompt of a random length. */
  ObjectNode body(Random random) {
    String prompt = TEXT.substring(0, 1 + random.nextInt(TEXT.length()));
    ObjectNode body = JSON.createObjectNode().put("max_tokens", limit).put("temperature", 0);
    switch (this) {
      case CHAT, CHAT_STREAM ->
          body.putArray("messages").addObject().put("role", "user").put("content", prompt);
      case TOKEN_IDS -> prompt.chars().forEach(body.withArray("prompt")::add);
      default -> body.put("prompt", prompt);
    }
    switch (this) {
      case STREAM, CHAT_STREAM, LONG_STREAM ->
          body.put("stream", true).putObject("stream_options").put("include_usage", true);
      case STOP -> body.putArray("stop").add(" ").add("the");
      case ECHO_WITH_LOGPROBS -> body.put("echo", true).put("logprobs", 5);
      case SAMPLED -> body.put("temperature", 1).put("top_p", 0.9).put("seed", random.nextInt());
      default -> {}
    }
    return body;
  }
}
