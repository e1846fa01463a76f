package io.layerwatch.integration.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Kubernetes objects that a chart was rendered to. */
record Rendered(List<JsonNode> objects) {

  Rendered {
    objects = List.copyOf(objects);
  }

  Stream<JsonNode> ofKind(String kind) {
    return objects.stream().filter(object -> object.path("kind").asText().equals(kind));
  }

  /** The only one of a kind. */
  JsonNode only(String kind) {
    List<JsonNode> found = ofKind(kind).toList();
    if (found.size() != 1) {
      throw new AssertionError("expected one " + kind + ", got " + found.size());
    }
    return found.get(0);
  }

  /** What pods of the deployments are made of. */
  Stream<JsonNode> podTemplates() {
    return ofKind("Deployment").map(deployment -> deployment.at("/spec/template"));
  }

  /** The pod template of a service; an AssertionError where there is none. */
  JsonNode podTemplate(String service) {
    return podTemplates()
        .filter(template -> service(template).equals(service))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no pods of " + service));
  }

  /** The service that an object is a part of. */
  static String service(JsonNode object) {
    return object.at("/metadata/labels").path("app.kubernetes.io/component").asText();
  }

  static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  static Stream<JsonNode> each(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  static Map<String, String> texts(JsonNode fields) {
    Map<String, String> texts = new TreeMap<>();
    fields.properties().forEach(field -> texts.put(field.getKey(), field.getValue().asText()));
    return texts;
  }
}
