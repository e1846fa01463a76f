package io.layerwatch.integration.helm;

import static io.layerwatch.integration.helm.Rendered.each;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Kubernetes' Pod Security Standard "restricted", as its documentation lists it (v1.30): the
 * controls that a pod on Linux can violate. Ours, since an API server is what enforces it.
 */
final class RestrictedPods {

  private static final Set<String> VOLUMES =
      Set.of(
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "persistentVolumeClaim",
          "projected",
          "secret");

  private static final Set<String> PROFILES = Set.of("RuntimeDefault", "Localhost");

  private RestrictedPods() {}

  /** What of a pod's spec the standard does not admit. */
  static List<String> violations(JsonNode pod) {
    List<String> violations = new ArrayList<>();
    for (String namespace : List.of("hostNetwork", "hostPID", "hostIPC")) {
      require(!pod.path(namespace).asBoolean(), namespace, violations);
    }
    for (JsonNode volume : pod.path("volumes")) {
      volume
          .fieldNames()
          .forEachRemaining(
              type ->
                  require(
                      type.equals("name") || VOLUMES.contains(type),
                      "volume " + volume.path("name").asText() + " is a " + type,
                      violations));
    }
    Stream.of("initContainers", "containers", "ephemeralContainers")
        .flatMap(kind -> each(pod.path(kind)))
        .forEach(container -> check(container, pod.path("securityContext"), violations));
    return violations;
  }

  private static void check(JsonNode container, JsonNode ofPod, List<String> violations) {
    String name = container.path("name").asText() + ": ";
    JsonNode own = container.path("securityContext");
    JsonNode capabilities = own.path("capabilities");
    require(!own.path("privileged").asBoolean(), name + "privileged", violations);
    require(
        own.path("allowPrivilegeEscalation").asText("").equals("false"),
        name + "allowPrivilegeEscalation",
        violations);
    require(
        each(capabilities.path("drop")).anyMatch(drop -> drop.asText().equals("ALL")),
        name + "capabilities.drop",
        violations);
    require(
        each(capabilities.path("add")).allMatch(add -> add.asText().equals("NET_BIND_SERVICE")),
        name + "capabilities.add",
        violations);
    require(
        own.path("runAsNonRoot").asBoolean(ofPod.path("runAsNonRoot").asBoolean()),
        name + "runAsNonRoot",
        violations);
    require(
        own.path("runAsUser").asInt(ofPod.path("runAsUser").asInt(1)) != 0,
        name + "runAsUser",
        violations);
    String profile = ofPod.at("/seccompProfile/type").asText();
    require(
        PROFILES.contains(own.at("/seccompProfile/type").asText(profile)),
        name + "seccompProfile",
        violations);
    require(
        each(container.path("ports")).noneMatch(port -> port.has("hostPort")),
        name + "hostPort",
        violations);
  }

  private static void require(boolean admitted, String what, List<String> violations) {
    if (!admitted) {
      violations.add(what);
    }
  }
}
