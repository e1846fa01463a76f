package io.layerwatch.integration.helm;

import static io.layerwatch.integration.helm.Rendered.each;
import static io.layerwatch.integration.helm.Rendered.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The chart renders to objects that belong together, with every set of values in its ci folder. */
class ChartTest {

  private static final String VALUE_SETS = "io.layerwatch.integration.helm.Chart#valueSets";
  private static final Pattern FORWARDED = Pattern.compile("svc/(\\S+) \\d+:(\\d+)");

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void helmHasNothingToObjectTo(String values, @TempDir Path directory) throws Exception {
    LintResult result = Chart.lint(Chart.copyWith(values, directory));
    assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
    assertThat(result.getMessages())
        .isNotEmpty()
        .noneMatch(message -> message.contains("[WARNING]") || message.contains("[ERROR]"));
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyObjectIsOfItsType(String values) throws Exception {
    assertThat(Chart.rendered(values).objects()).isNotEmpty();
    for (JsonNode object : Chart.rendered(values).objects()) {
      assertThat(KubernetesTypes.typed(object)).isEqualTo(KubernetesTypes.withoutEmpty(object));
    }
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyObjectHasANameOfItsOwnAndTheReleasesLabels(String values) {
    assertThat(Chart.rendered(values).objects())
        .extracting(object -> object.path("kind").asText() + " " + Rendered.name(object))
        .doesNotHaveDuplicates();
    assertThat(Chart.rendered(values).objects())
        .allSatisfy(
            object -> {
              assertThat(object.at("/metadata/namespace").asText()).isEqualTo(Chart.NAMESPACE);
              assertThat(texts(object.at("/metadata/labels")))
                  .containsEntry("app.kubernetes.io/instance", Chart.RELEASE);
            });
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everySelectorMeetsThePodsOfItsServiceAlone(String values) {
    Rendered rendered = Chart.rendered(values);
    Stream<JsonNode> objects =
        Stream.of("Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy")
            .flatMap(rendered::ofKind);
    assertThat(objects)
        .isNotEmpty()
        .allSatisfy(
            object ->
                assertThat(podsOf(rendered, selector(object)))
                    .containsExactly(Rendered.service(object)));
    assertThat(rendered.podTemplates())
        .allSatisfy(
            pods ->
                assertThat(each(pods.at("/spec/topologySpreadConstraints")))
                    .allSatisfy(
                        spread ->
                            assertThat(podsOf(rendered, spread.at("/labelSelector/matchLabels")))
                                .containsExactly(Rendered.service(pods))));
  }

  private static JsonNode selector(JsonNode object) {
    return switch (object.path("kind").asText()) {
      case "Service" -> object.at("/spec/selector");
      case "NetworkPolicy" -> object.at("/spec/podSelector/matchLabels");
      default -> object.at("/spec/selector/matchLabels");
    };
  }

  private static List<String> podsOf(Rendered rendered, JsonNode selector) {
    Map<String, String> wanted = texts(selector);
    assertThat(wanted).isNotEmpty();
    return rendered
        .podTemplates()
        .filter(
            pods -> texts(pods.at("/metadata/labels")).entrySet().containsAll(wanted.entrySet()))
        .map(Rendered::service)
        .toList();
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyPortThatIsNamedIsOneOfThePods(String values) {
    Rendered rendered = Chart.rendered(values);
    assertThat(rendered.ofKind("Service"))
        .allSatisfy(
            service ->
                assertThat(portNames(rendered, service))
                    .containsAll(named(service.at("/spec/ports"), "targetPort")));
    assertThat(rendered.ofKind("NetworkPolicy"))
        .allSatisfy(
            policy ->
                assertThat(each(policy.at("/spec/ingress")))
                    .allSatisfy(
                        rule ->
                            assertThat(portNames(rendered, policy))
                                .containsAll(named(rule.path("ports"), "port"))));
    assertThat(rendered.podTemplates())
        .allSatisfy(
            pods ->
                assertThat(
                        Stream.of("startupProbe", "livenessProbe", "readinessProbe")
                            .map(probe -> container(pods).path(probe).at("/httpGet/port").asText()))
                    .containsOnly("admin"));
  }

  private static List<String> portNames(Rendered rendered, JsonNode object) {
    return named(container(rendered.podTemplate(Rendered.service(object))).path("ports"), "name");
  }

  private static List<String> named(JsonNode ports, String field) {
    List<String> names = each(ports).map(port -> port.path(field).asText()).toList();
    assertThat(names).isNotEmpty();
    return names;
  }

  private static JsonNode container(JsonNode pods) {
    return pods.at("/spec/containers/0");
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void whatPodsReferToIsRenderedOrNamedInTheValues(String values) {
    Rendered rendered = Chart.rendered(values);
    Set<String> given = Yaml.values(Yaml.one(Chart.valueSet(values)));
    List<String> configMaps = rendered.ofKind("ConfigMap").map(Rendered::name).toList();
    assertThat(rendered.ofKind("Secret")).isEmpty();
    assertThat(rendered.podTemplates())
        .allSatisfy(
            pods -> {
              References references = References.of(pods.path("spec"));
              assertThat(references.configMaps())
                  .isNotEmpty()
                  .allMatch(name -> configMaps.contains(name) || given.contains(name));
              assertThat(references.secrets()).allMatch(given::contains);
              assertThat(references.claims()).allMatch(given::contains);
            });
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyMountIsOfAVolumeAndEveryVolumeIsMounted(String values) {
    assertThat(Chart.rendered(values).podTemplates())
        .allSatisfy(
            pods ->
                assertThat(
                        Stream.of("containers", "initContainers")
                            .flatMap(kind -> each(pods.path("spec").path(kind)))
                            .flatMap(container -> each(container.path("volumeMounts")))
                            .map(mount -> mount.path("name").asText())
                            .distinct())
                    .containsExactlyInAnyOrderElementsOf(
                        each(pods.at("/spec/volumes"))
                            .map(volume -> volume.path("name").asText())
                            .toList()));
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void podsMeetTheRestrictedStandardAndSomeMore(String values) {
    assertThat(Chart.rendered(values).podTemplates())
        .allSatisfy(
            pods -> {
              assertThat(RestrictedPods.violations(pods.path("spec"))).isEmpty();
              assertThat(pods.at("/spec/automountServiceAccountToken").asText(""))
                  .isEqualTo("false");
              assertThat(container(pods).at("/securityContext/readOnlyRootFilesystem").asBoolean())
                  .isTrue();
              assertThat(container(pods).at("/resources/limits/memory").asText()).isNotEmpty();
            });
  }

  /** Where files may be written: nothing else of the container can be. */
  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void whatServicesWriteHasAVolume(String values) {
    assertThat(Chart.rendered(values).podTemplates())
        .allSatisfy(
            pods ->
                assertThat(
                        each(container(pods).path("volumeMounts"))
                            .filter(mount -> !mount.path("readOnly").asBoolean())
                            .map(mount -> mount.path("mountPath").asText()))
                    .containsExactly("/tmp"));
  }

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void theNotesNameServicesAndPortsThatThereAre(String values) {
    Set<String> known =
        Chart.rendered(values)
            .ofKind("Service")
            .flatMap(
                service ->
                    each(service.at("/spec/ports"))
                        .map(port -> Rendered.name(service) + " " + port.path("port").asText()))
            .collect(Collectors.toSet());
    String notes = Chart.notes(values);
    assertThat(notes).contains("-n " + Chart.NAMESPACE);
    assertThat(FORWARDED.matcher(notes).results().map(at -> at.group(1) + " " + at.group(2)))
        .isNotEmpty()
        .isSubsetOf(known);
  }

  /** What is linked into the chart is in the archive, too. */
  @Test
  void theArchiveRendersToTheSame(@TempDir Path directory) {
    Path archive = Chart.packed(directory);
    assertThat(Chart.render(archive, Chart.valueSet("everything")))
        .isEqualTo(Chart.rendered("everything"));
  }
}
