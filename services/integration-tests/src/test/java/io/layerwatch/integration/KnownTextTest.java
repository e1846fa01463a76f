package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.Instrumentation;
import io.layerwatch.instrumentation.analyze.AnalyzeCommand;
import io.layerwatch.instrumentation.evaluate.EvaluateCommand;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/**
 * A pretrained model says what it is known to say, and finds a text as likely as it is known to.
 */
class KnownTextTest {

  private static final String KNOWN =
      "Once upon a time, there was a little girl named Lily. She loved to play outside in the park."
          + " One day, she saw a big, red ball. She wanted to play with it, but it was too high.\n"
          + "Lily's mom said, \"Lily, let's go to the park.\" Lily was sad and didn't know what to"
          + " do. She said, \"I want to play with your ball, but I can't find it.\"";

  @TempDir private Path directory;

  @Test
  void analyzeGivesTheKnownLikelihood() throws IOException {
    JsonNode json = json(new AnalyzeCommand(), "--prompts");
    assertThat(json.path("sequences").asInt()).isEqualTo(5);
    // By an independent implementation in double precision, over 1,804 predicted tokens.
    assertThat(json.path("negativeLogLikelihoodPerToken").asDouble())
        .isCloseTo(1.2664, within(0.0005));
  }

  /** By an independent implementation in double precision: layer 0 costs most, layer 2 least. */
  @ParameterizedTest
  @CsvSource({"0, 3.62", "2, 0.83"})
  void evaluateGivesTheKnownDamageOfRemovingALayer(int layer, double nats) throws IOException {
    JsonNode json = json(new EvaluateCommand(), "--data", "--drop", String.valueOf(layer));
    double full = json.path("full").path("negativeLogLikelihood").asDouble();
    assertThat(full).isCloseTo(1.2664, within(0.0005));
    assertThat(json.path("pruned").path("negativeLogLikelihood").asDouble() - full)
        .isCloseTo(nats, within(0.006));
  }

  /** What a command says of the stories on the pretrained model. */
  private JsonNode json(Object command, String fileOption, String... more) throws IOException {
    Path model = Repository.shared("models/stories260k");
    String stories = Files.readString(Repository.shared("data/tinystories-sample.txt"));
    StringBuilder lines = new StringBuilder();
    for (String story : stories.split("<\\|endoftext\\|>")) {
      if (!story.isBlank()) {
        lines.append(ApiClient.JSON.createObjectNode().put("text", story.trim())).append('\n');
      }
    }
    Path file = Files.writeString(directory.resolve("stories.jsonl"), lines);
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(
        List.of("--model", model.toString(), fileOption, file.toString(), "--format", "json"));
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(command)
            .setOut(new PrintWriter(out))
            .execute(arguments.toArray(String[]::new));
    assertThat(code).isZero();
    return ApiClient.JSON.readTree(out.toString());
  }

  /** Of a start mark alone: from an empty prompt, and from a chat whose template adds nothing. */
  @Test
  void greedyGenerationGivesTheKnownTextThroughBothEndpointsWholeAndStreamed() throws IOException {
    Path model = withTemplate(Repository.shared("models/stories260k"));
    try (Deployment deployment = new Deployment(directory, model, Map.of())) {
      Instrumentation service = deployment.instrument(Clock.systemUTC(), new PrometheusRegistry());
      ApiClient client = new ApiClient(service.port());
      for (boolean chat : new boolean[] {false, true}) {
        ObjectNode body =
            ApiClient.JSON.createObjectNode().put("max_tokens", 200).put("temperature", 0);
        if (chat) {
          body.putArray("messages").addObject().put("role", "user").put("content", "");
        } else {
          body.put("prompt", "");
        }
        String path = chat ? "/v1/chat/completions" : "/v1/completions";
        JsonNode answer = ApiClient.JSON.readTree(client.send(path, body).body());
        JsonNode choice = answer.path("choices").path(0);
        String text =
            (chat ? choice.path("message").path("content") : choice.path("text")).asText();
        assertThat(text).startsWith(KNOWN);
        assertThat(answer.path("usage").path("prompt_tokens").asInt()).isEqualTo(1);
        String events = client.send(path, body.put("stream", true)).body();
        assertThat(joined(events, chat)).isEqualTo(text);
        assertThat(events).endsWith("data: [DONE]\n\n");
      }
    }
  }

  private static String joined(String events, boolean chat) throws IOException {
    StringBuilder text = new StringBuilder();
    for (String event : events.split("\n\n")) {
      assertThat(event).startsWith("data: ");
      if (!event.endsWith("[DONE]")) {
        JsonNode choice =
            ApiClient.JSON.readTree(event.substring("data: ".length())).path("choices").path(0);
        text.append((chat ? choice.path("delta").path("content") : choice.path("text")).asText());
      }
    }
    return text.toString();
  }

  private Path withTemplate(Path model) throws IOException {
    Path copy = Files.createDirectory(directory.resolve("stories260k"));
    for (String file : List.of("config.json", "model.safetensors", "tokenizer.json")) {
      Files.copy(model.resolve(file), copy.resolve(file));
    }
    ApiClient.JSON.writeValue(
        copy.resolve("tokenizer_config.json").toFile(),
        ApiClient.JSON
            .createObjectNode()
            .put("bos_token", "<s>")
            .put("chat_template", "{{ bos_token }}{{ messages[0].content }}"));
    return copy;
  }
}
