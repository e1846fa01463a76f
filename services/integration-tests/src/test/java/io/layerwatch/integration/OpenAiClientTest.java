package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.chat.ChatTemplate;
import io.layerwatch.instrumentation.generate.Sampling;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.http.CompletionServer;
import io.layerwatch.instrumentation.http.RequestMetrics;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.testing.TestAuthority;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Independent programs against ours: OpenAI's client, and Hugging Face's Jinja. */
class OpenAiClientTest {

  private static final String API_KEY = "sk-of-this-test";
  private static final String PROMPT = "First Citizen:";
  private static final List<String> CHATS =
      List.of(
          "user=Hi there ",
          "system= Be kind.\n|user= 1 + 1?|assistant=\n2|user=And \"2 + 2\"? <&> é",
          "user=a|assistant=<think>\nhm\n</think>\n\nb|user=<result>c</result>|assistant=d");

  @TempDir private Path directory;

  @Test
  void openAisClientFindsWhatItExpects() throws Exception {
    NodeProject project = new NodeProject(Files.createDirectory(directory.resolve("node")));
    PrometheusRegistry registry = new PrometheusRegistry();
    TestAuthority authority = new TestAuthority(directory);
    try (LanguageModel model = LanguageModel.load(LanguageModel.Source.of(Repository.demoModel()));
        CompletionServer server =
            new CompletionServer(
                CompletionServer.Options.local(2)
                    .withSecurity(guarded(authority))
                    .withTemplate(
                        template(
                            "{{ bos_token }}{% for m in messages %}{{ m.content }}{% endfor %}")),
                model,
                () -> SequenceProbe.NONE,
                new RequestMetrics(registry))) {
      project.test(
          "contract.test.js",
          12,
          Map.of(
              "OPENAI_API_KEY",
              API_KEY,
              "NODE_EXTRA_CA_CERTS",
              authority.certificate().toString(),
              "BASE_URL",
              "https://127.0.0.1:" + server.port() + "/v1",
              "MODEL",
              model.id().name(),
              "PROMPT",
              PROMPT,
              "KNOWN",
              known(model)));
      await()
          .until(
              () ->
                  Metrics.value(
                          registry,
                          "layerwatch_requests_total",
                          "endpoint",
                          "/v1/completions",
                          "status",
                          "499")
                      == 2);
      await().until(() -> Metrics.value(registry, "layerwatch_requests_running") == 0);
    }
  }

  private EndpointSecurity guarded(TestAuthority authority) throws IOException {
    TestAuthority.Issued issued = authority.issue();
    Path key = Files.writeString(directory.resolve("api-key"), API_KEY);
    return EndpointSecurity.of(
        Settings.load(
            InstrumentationSettings.define(),
            SettingsSources.of(
                Map.of(
                    InstrumentationSettings.MODEL_DIRECTORY, "unused",
                    InstrumentationSettings.TOKEN_FILE, key.toString(),
                    CommonSettings.TLS_CERTIFICATE, issued.certificate().toString(),
                    CommonSettings.TLS_KEY, issued.key().toString()))),
        InstrumentationSettings.TOKEN_FILE);
  }

  private static String known(LanguageModel model) {
    TorchThreads.inferenceOnly();
    return model
        .tokenizer()
        .decode(
            new TextGenerator(model)
                .complete(model.tokenizer().encode(PROMPT), 60, Sampling.GREEDY, SequenceProbe.NONE)
                .tokens());
  }

  @Test
  void templatesRenderAsHuggingFacesJinjaRendersThem() throws Exception {
    ArrayNode cases = ApiClient.JSON.createArrayNode();
    Path templates =
        Repository.root().resolve("services/integration-tests/src/test/resources/chat-templates");
    try (var files = Files.newDirectoryStream(templates, "*.jinja")) {
      for (Path file : files) {
        String source = Files.readString(file);
        for (String chat : CHATS) {
          ObjectNode one = cases.addObject();
          ObjectNode variables = one.putObject("variables");
          ArrayNode messages = variables.putArray("messages");
          for (String message : chat.split("\\|")) {
            String[] parts = message.split("=", 2);
            messages.addObject().put("role", parts[0]).put("content", parts[1]);
          }
          variables.put("add_generation_prompt", true);
          variables.put("bos_token", "<s>").put("eos_token", "</s>");
          variables.putNull("tools").putNull("documents");
          List<ObjectNode> given =
              messages.valueStream().map(message -> (ObjectNode) message).toList();
          one.put("name", file.getFileName() + " of " + chat)
              .put("template", source)
              .put("rendered", template(source).render(given));
        }
      }
    }
    assertThat(cases.size()).isEqualTo(7 * CHATS.size());
    Path file = directory.resolve("cases.json");
    ApiClient.JSON.writeValue(file.toFile(), cases);
    NodeProject project = new NodeProject(Files.createDirectory(directory.resolve("node")));
    project.test("templates.test.js", cases.size(), Map.of("CASES", file.toString()));
  }

  private ChatTemplate template(String source) throws IOException {
    Path model = Files.createTempDirectory(directory, "model");
    ObjectNode config =
        ApiClient.JSON.createObjectNode().put("chat_template", source).put("bos_token", "<s>");
    config.putObject("eos_token").put("content", "</s>").put("lstrip", false);
    ApiClient.JSON.writeValue(model.resolve("tokenizer_config.json").toFile(), config);
    return ChatTemplate.read(model).orElseThrow();
  }
}
