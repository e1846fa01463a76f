package io.layerwatch.instrumentation.http;

import io.layerwatch.instrumentation.generate.Sampling;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What either endpoint asks the model for.
 *
 * @param prompts as many choices come of it
 * @param limit most tokens to generate for each; empty: as many as the context holds
 * @param stops texts that end a choice, and are not part of it
 * @param alternatives most likely tokens to name beside each token; empty: no log probabilities
 * @param echo whether a choice begins with its prompt
 * @param stream whether tokens are sent as they come
 * @param includeUsage whether a stream ends with the usage
 */
record GenerationRequest(
    List<Prompt> prompts,
    OptionalInt limit,
    Sampling sampling,
    List<String> stops,
    OptionalInt alternatives,
    boolean echo,
    boolean stream,
    boolean includeUsage) {

  /**
   * A prompt as it goes into the model.
   *
   * @param text what {@code echo} repeats; empty: what the tokens say
   */
  record Prompt(List<Integer> tokens, Optional<String> text) {}
}
