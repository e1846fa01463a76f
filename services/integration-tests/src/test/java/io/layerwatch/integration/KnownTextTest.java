package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.instrumentation.Instrumentation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pretrained model says over HTTP what it is known to say. */
class KnownTextTest {

  private static final String KNOWN =
      "Once upon a time, there was a little girl named Lily. She loved to play outside in the park."
          + " One day, she saw a big, red ball. She wanted to play with it, but it was too high.\n"
          + "Lily's mom said, \"Lily, let's go to the park.\" Lily was sad and didn't know what to"
          + " do. She said, \"I want to play with your ball, but I can't find it.\"";

  @TempDir private Path directory;

  @Test
  void greedyGenerationGivesTheKnownText() {
    Path model = Repository.shared("models/stories260k");
    try (Deployment deployment = new Deployment(directory, model, Map.of())) {
      Instrumentation service = deployment.instrument(Clock.systemUTC(), new PrometheusRegistry());
      JsonNode answer =
          new ApiClient(service.port())
              .complete(
                  ApiClient.JSON
                      .createObjectNode()
                      .put("prompt", "")
                      .put("max_tokens", 200)
                      .put("temperature", 0));
      assertThat(answer.path("choices").path(0).path("text").asText()).startsWith(KNOWN);
      assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(1);
    }
  }
}
