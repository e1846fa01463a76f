package io.layerwatch.integration.helm;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;

/** Names of the objects that a pod cannot start without. */
record References(List<String> configMaps, List<String> secrets, List<String> claims) {

  /** Wherever in a pod they are named: volumes, their sources, variables. */
  static References of(JsonNode pod) {
    return new References(
        Stream.of(
                names(pod, "configMap", "name"),
                names(pod, "configMapKeyRef", "name"),
                names(pod, "configMapRef", "name"))
            .flatMap(each -> each)
            .toList(),
        Stream.of(
                names(pod, "secret", "name"),
                names(pod, "secret", "secretName"),
                names(pod, "secretKeyRef", "name"),
                names(pod, "secretRef", "name"))
            .flatMap(each -> each)
            .toList(),
        names(pod, "persistentVolumeClaim", "claimName").toList());
  }

  private static Stream<String> names(JsonNode pod, String holder, String field) {
    return pod.findValues(holder).stream()
        .map(reference -> reference.path(field))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }
}
