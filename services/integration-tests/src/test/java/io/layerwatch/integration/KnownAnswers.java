package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.integration.GoodRequest.Expected;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the demo model says to some prompts, asked for one at a time before there is any load, and
 * good requests of every kind that follow from it: a token of this model is a byte, so a smaller
 * limit cuts the text, a stop string ends it, echo puts the prompt before it, and token ids, a chat
 * and a stream say the same.
 */
record KnownAnswers(List<Known> all) {

  private static final int START = 256;
  private static final int LONGEST = 48;
  private static final int SHORTEST = 8;

  /** Log probabilities that are closer than this may change places with the order of additions. */
  private static final double MARGIN = 0.01;

  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";

  /** A prompt and how the model goes on. */
  record Known(String prompt, String continuation) {

    int promptTokens() {
      return prompt.length() + 1;
    }
  }

  /** A copy of the demo model that has a chat template, which adds nothing to a message. */
  static Path model(Path directory) {
    try {
      Path copy = Files.createDirectories(directory.resolve("demo"));
      for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
        Files.copy(Repository.demoModel().resolve(file), copy.resolve(file));
      }
      Files.writeString(copy.resolve("tokenizer_config.json"), "{\"bos_token\": \"<s>\"}");
      Files.writeString(
          copy.resolve("chat_template.jinja"), "{{ bos_token }}{{ messages[0].content }}");
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asks a server that has nothing else to do. */
  static KnownAnswers ask(ApiClient client) {
    List<Known> known = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Repository.demoPrompts())) {
        String prompt = ApiClient.JSON.readTree(line).path("text").asText();
        String continuation = continuation(client, prompt);
        if (continuation.length() >= SHORTEST) {
          known.add(new Known(prompt, continuation));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(known).hasSizeGreaterThan(3);
    return new KnownAnswers(known);
  }

  /** As far as the most likely token is so by a clear margin. */
  private static String continuation(ApiClient client, String prompt) {
    JsonNode choice = client.complete(greedy(prompt, LONGEST).put("logprobs", 2)).at("/choices/0");
    int clear = 0;
    for (JsonNode best : choice.at("/logprobs/top_logprobs")) {
      double[] two =
          IntStream.range(0, best.size())
              .mapToDouble(i -> new ArrayList<>(best.properties()).get(i).getValue().asDouble())
              .sorted()
              .toArray();
      if (two.length == 2 && two[1] - two[0] < MARGIN) {
        break;
      }
      clear++;
    }
    String text = choice.path("text").asText();
    assertThat(text).isASCII();
    return text.substring(0, Math.min(clear, text.length()));
  }

  private static ObjectNode greedy(String prompt, int limit) {
    return ApiClient.JSON
        .createObjectNode()
        .put("prompt", prompt)
        .put("max_tokens", limit)
        .put("temperature", 0);
  }

  /** One of any kind. */
  GoodRequest draw(Random random) {
    Known known = any(random);
    int limit = 1 + random.nextInt(known.continuation.length());
    String text = known.continuation.substring(0, limit);
    ObjectNode body = greedy(known.prompt, limit);
    Expected expected = new Expected(List.of(text), Set.of("length"), known.promptTokens());
    return switch (random.nextInt(11)) {
      case 0 -> request("prompt of text", COMPLETIONS, body, expected);
      case 1 -> request("stream", COMPLETIONS, streamed(body), expected);
      case 2 -> request("token ids", COMPLETIONS, withIds(body, known), expected);
      case 3 -> request("chat", CHAT, asChat(body, known), expected);
      case 4 -> request("chat, stream", CHAT, streamed(asChat(body, known)), expected);
      case 5 -> stopped(known, random);
      case 6 -> several(known, any(random), random.nextBoolean());
      case 7 -> echoed(known, body, text);
      case 8 -> prefill(known, body.put("max_tokens", 0), Map.of());
      case 9 -> prefill(known, body, Map.of("X-Layerwatch-Prefill-Only", "true"));
      default -> sampled(known, body, random);
    };
  }

  private Known any(Random random) {
    return all.get(random.nextInt(all.size()));
  }

  private static GoodRequest request(String kind, String path, ObjectNode body, Expected expected) {
    return new GoodRequest(kind, path, Map.of(), body, expected);
  }

  private static ObjectNode streamed(ObjectNode body) {
    body.put("stream", true).putObject("stream_options").put("include_usage", true);
    return body;
  }

  private static ObjectNode withIds(ObjectNode body, Known known) {
    var ids = body.putArray("prompt").add(START);
    for (byte token : known.prompt.getBytes(StandardCharsets.US_ASCII)) {
      ids.add(token);
    }
    return body;
  }

  private static ObjectNode asChat(ObjectNode body, Known known) {
    body.remove("prompt");
    body.putArray("messages").addObject().put("role", "user").put("content", known.prompt);
    return body;
  }

  private static GoodRequest stopped(Known known, Random random) {
    String text = known.continuation;
    int from = 1 + random.nextInt(text.length() - 2);
    String stop = text.substring(from, from + 2);
    String before = text.substring(0, text.indexOf(stop));
    return request(
        "stop string",
        COMPLETIONS,
        greedy(known.prompt, text.length()).put("stop", stop),
        new Expected(List.of(before), Set.of("stop"), known.promptTokens()));
  }

  private static GoodRequest several(Known one, Known other, boolean stream) {
    int limit = SHORTEST / 2;
    ObjectNode body = greedy("", limit);
    body.putArray("prompt").add(one.prompt).add(other.prompt);
    List<String> texts =
        List.of(one.continuation.substring(0, limit), other.continuation.substring(0, limit));
    return request(
        "two prompts",
        COMPLETIONS,
        stream ? streamed(body) : body,
        new Expected(texts, Set.of("length"), one.promptTokens() + other.promptTokens()));
  }

  private static GoodRequest echoed(Known known, ObjectNode body, String text) {
    return request(
        "echo with logprobs",
        COMPLETIONS,
        body.put("echo", true).put("logprobs", 2),
        new Expected(List.of(known.prompt + text), Set.of("length"), known.promptTokens()));
  }

  private static GoodRequest prefill(Known known, ObjectNode body, Map<String, String> headers) {
    return new GoodRequest(
        headers.isEmpty() ? "prefill" : "prefill by header",
        COMPLETIONS,
        headers,
        headers.isEmpty() ? body : body.put("model", "another"),
        new Expected(List.of(""), Set.of("length"), known.promptTokens()));
  }

  private static GoodRequest sampled(Known known, ObjectNode body, Random random) {
    body.put("temperature", 1).put("top_p", 0.9).put("seed", random.nextInt());
    return request(
        "sampled",
        COMPLETIONS,
        body,
        new Expected(List.of(), Set.of("stop", "length"), known.promptTokens()));
  }
}
