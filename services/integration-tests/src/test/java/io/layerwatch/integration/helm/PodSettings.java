package io.layerwatch.integration.helm;

import com.fasterxml.jackson.databind.JsonNode;
import io.layerwatch.runtime.settings.SettingsSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a service finds in its pod: its properties file and its environment, as Kubernetes makes
 * them of the rendered objects.
 *
 * @param properties text of the file
 * @param environment with each secret standing as {@code secret-of-NAME/KEY}
 */
record PodSettings(String properties, Map<String, String> environment) {

  private static final Pattern VARIABLE = Pattern.compile("\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

  static PodSettings of(Rendered rendered, String service) {
    JsonNode configMap =
        rendered
            .ofKind("ConfigMap")
            .filter(each -> Rendered.service(each).equals(service))
            .findFirst()
            .orElseThrow();
    Map<String, String> environment = new LinkedHashMap<>();
    for (JsonNode variable : rendered.podTemplate(service).at("/spec/containers/0").path("env")) {
      environment.put(variable.path("name").asText(), value(variable, environment));
    }
    return new PodSettings(
        configMap.at("/data").path("layerwatch.properties").asText(), environment);
  }

  private static String value(JsonNode variable, Map<String, String> before) {
    JsonNode reference = variable.at("/valueFrom/secretKeyRef");
    if (!reference.isMissingNode()) {
      return "secret-of-" + reference.path("name").asText() + "/" + reference.path("key").asText();
    }
    // Kubernetes leaves a name that it does not know as it is.
    return VARIABLE
        .matcher(variable.path("value").asText())
        .replaceAll(
            name -> Matcher.quoteReplacement(before.getOrDefault(name.group(1), name.group())));
  }

  /** The sources of a process that was started with {@code --config}. */
  SettingsSources sources(Path directory) throws IOException {
    Path file = directory.resolve("layerwatch.properties");
    Files.writeString(file, properties);
    return new SettingsSources(Map.of(), Optional.of(file), environment, Map.of());
  }
}
