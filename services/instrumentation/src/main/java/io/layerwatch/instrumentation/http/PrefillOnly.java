package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;

/**
 * The header {@code X-Layerwatch-Prefill-Only: true}: the prompt is passed through the model, and
 * nothing is generated, whatever the body asks for. A proxy that mirrors requests can add a header,
 * but cannot change a body, which asks for a text under another model's name.
 */
final class PrefillOnly {

  static final String HEADER = "X-Layerwatch-Prefill-Only";

  private static final List<String> PROMPTS = List.of("prompt", "messages");

  private PrefillOnly() {}

  /** The parameters, or under the header only what makes the prompt of them. */
  static Parameters applied(Optional<String> header, Parameters parameters) {
    if (header.isEmpty() || header.get().equals("false")) {
      return parameters;
    }
    if (!header.get().equals("true")) {
      throw ApiException.badRequest(HEADER, "expected true or false, got \"" + header.get() + "\"");
    }
    ObjectNode kept = JsonNodeFactory.instance.objectNode().put("max_tokens", 0);
    for (String prompt : PROMPTS) {
      parameters.value(prompt).ifPresent(value -> kept.set(prompt, value));
    }
    return new Parameters(kept);
  }
}
