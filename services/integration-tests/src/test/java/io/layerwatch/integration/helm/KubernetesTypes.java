package io.layerwatch.integration.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import io.kubernetes.client.openapi.JSON;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.openapi.models.V1Deployment;
import io.kubernetes.client.openapi.models.V1NetworkPolicy;
import io.kubernetes.client.openapi.models.V1PodDisruptionBudget;
import io.kubernetes.client.openapi.models.V1Service;
import java.util.Map;

/**
 * What an object says of itself in the types of its API: the same, or it has a field of another
 * type, such as a number for a text. A field that there is not, or one that must be and is not, is
 * an error.
 *
 * <p>The Prometheus operator's types know no required fields.
 */
final class KubernetesTypes {

  private static final Map<String, Class<?>> OF_KUBERNETES =
      Map.of(
          "v1 ConfigMap", V1ConfigMap.class,
          "v1 Service", V1Service.class,
          "apps/v1 Deployment", V1Deployment.class,
          "policy/v1 PodDisruptionBudget", V1PodDisruptionBudget.class,
          "networking.k8s.io/v1 NetworkPolicy", V1NetworkPolicy.class);

  private static final Map<String, Class<?>> OF_THE_OPERATOR =
      Map.of(
          "monitoring.coreos.com/v1 ServiceMonitor", ServiceMonitor.class,
          "monitoring.coreos.com/v1 PrometheusRule", PrometheusRule.class);

  /** Fabric8's types keep what they do not know, which would let slips of the pen pass. */
  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .annotationIntrospector(
              new JacksonAnnotationIntrospector() {
                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                  return false;
                }
              })
          .build();

  private KubernetesTypes() {}

  /** The object by way of its type; without what is empty, which a type may add. */
  static JsonNode typed(JsonNode object) throws JsonProcessingException {
    String type = object.path("apiVersion").asText() + " " + object.path("kind").asText();
    if (OF_KUBERNETES.containsKey(type)) {
      Object typed = JSON.deserialize(object.toString(), OF_KUBERNETES.get(type));
      return withoutEmpty(STRICT.readTree(JSON.serialize(typed)));
    }
    if (OF_THE_OPERATOR.containsKey(type)) {
      return withoutEmpty(
          STRICT.valueToTree(STRICT.treeToValue(object, OF_THE_OPERATOR.get(type))));
    }
    throw new AssertionError("no type is known for " + type);
  }

  /** The same without empty arrays, objects and nulls. */
  static JsonNode withoutEmpty(JsonNode node) {
    JsonNode copy = node.deepCopy();
    prune(copy);
    return copy;
  }

  private static void prune(JsonNode node) {
    node.forEach(KubernetesTypes::prune);
    if (node instanceof ObjectNode object) {
      object.removeIf(field -> field.isNull() || (field.isContainerNode() && field.isEmpty()));
    }
  }
}
