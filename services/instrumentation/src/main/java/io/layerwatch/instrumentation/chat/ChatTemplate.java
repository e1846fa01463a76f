package io.layerwatch.instrumentation.chat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.jinja.JinjaException;
import io.layerwatch.instrumentation.jinja.Template;
import io.layerwatch.runtime.process.JsonProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The model's chat template: from chat_template.jinja beside the tokenizer, or else chat_template
 * in tokenizer_config.json, where it may be one of several with names. It sees what Hugging Face
 * gives it: {@code messages}, {@code add_generation_prompt} (true), {@code bos_token}, {@code
 * eos_token} and the other marks of tokenizer_config.json. Safe for use by several threads.
 */
public final class ChatTemplate {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JINJA_FILE = "chat_template.jinja";
  private static final String CONFIG_FILE = "tokenizer_config.json";
  private static final String DEFAULT_NAME = "default";
  private static final List<String> MARKS =
      List.of("bos_token", "eos_token", "unk_token", "pad_token");

  private final Template template;
  private final Map<String, Object> marks;

  private ChatTemplate(Template template, Map<String, Object> marks) {
    this.template = template;
    this.marks = Map.copyOf(marks);
  }

  /** A chat that the template does not take, in one sentence. */
  public static final class TemplateException extends RuntimeException {

    TemplateException(String message) {
      super(message);
    }
  }

  /**
   * Reads the template of a model directory, if there is one.
   *
   * @throws InvalidCheckpointException in one sentence, when it cannot be read or parsed
   */
  public static Optional<ChatTemplate> read(Path directory) {
    Path jinja = directory.resolve(JINJA_FILE);
    Path config = directory.resolve(CONFIG_FILE);
    JsonNode json = Files.isRegularFile(config) ? json(config) : JSON.createObjectNode();
    if (Files.isRegularFile(jinja)) {
      return Optional.of(parse(jinja, text(jinja), json));
    }
    return template(json.path("chat_template")).map(source -> parse(config, source, json));
  }

  private static Optional<String> template(JsonNode given) {
    if (given.isTextual()) {
      return Optional.of(given.asText());
    }
    for (JsonNode named : given) {
      if (named.path("name").asText().equals(DEFAULT_NAME)) {
        return Optional.of(named.path("template").asText());
      }
    }
    return Optional.empty();
  }

  private static ChatTemplate parse(Path file, String source, JsonNode config) {
    Map<String, Object> marks = new HashMap<>();
    for (String name : MARKS) {
      JsonNode mark = config.path(name);
      // A mark may be written with its options.
      JsonNode content = mark.isObject() ? mark.path("content") : mark;
      if (content.isTextual()) {
        marks.put(name, content.asText());
      }
    }
    try {
      return new ChatTemplate(Template.parse(source), marks);
    } catch (JinjaException e) {
      throw new InvalidCheckpointException(
          file + ": chat_template: expected a Jinja template: " + e.getMessage(), e);
    }
  }

  /**
   * The text of a chat, up to where the model's answer begins.
   *
   * @throws TemplateException when the template does not take it
   */
  public String render(List<ObjectNode> messages) {
    Map<String, Object> variables = new HashMap<>(marks);
    variables.put("messages", messages.stream().map(ChatTemplate::value).toList());
    variables.put("add_generation_prompt", true);
    // As Hugging Face passes them where nobody gives any; templates ask "is not none".
    variables.put("tools", Template.none());
    variables.put("documents", Template.none());
    try {
      return template.render(variables);
    } catch (JinjaException.Raised e) {
      throw new TemplateException("the chat template refuses them: " + e.getMessage());
    } catch (JinjaException e) {
      throw new TemplateException("the chat template cannot render them: " + e.getMessage());
    }
  }

  private static Object value(JsonNode json) {
    if (json.isTextual()) {
      return json.asText();
    }
    if (json.isBoolean()) {
      return json.asBoolean();
    }
    if (json.isIntegralNumber()) {
      return json.asLong();
    }
    if (json.isNumber()) {
      return json.asDouble();
    }
    if (json.isArray()) {
      List<Object> items = new ArrayList<>();
      json.forEach(item -> items.add(value(item)));
      return items;
    }
    if (json.isObject()) {
      Map<String, Object> entries = new LinkedHashMap<>();
      json.properties().forEach(entry -> entries.put(entry.getKey(), value(entry.getValue())));
      return entries;
    }
    return Template.none();
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(text(file));
    } catch (IOException e) {
      throw new InvalidCheckpointException(file + ": expected JSON: " + JsonProblem.of(e), e);
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new InvalidCheckpointException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
