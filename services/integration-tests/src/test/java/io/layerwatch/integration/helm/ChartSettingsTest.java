package io.layerwatch.integration.helm;

import static io.layerwatch.integration.helm.Rendered.each;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.confluent.kafka.serializers.AbstractKafkaSchemaSerDeConfig;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.recommender.RecommenderSettings;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.scorer.ScorerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.security.JaasContext;
import org.apache.kafka.streams.StreamsConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the chart tells the services is what they know. */
class ChartSettingsTest {

  private static final String VALUE_SETS = "io.layerwatch.integration.helm.Chart#valueSets";

  private static final Map<String, ConfigDef> DEFINITIONS =
      Map.of(
          "instrumentation", InstrumentationSettings.define(),
          "scorer", ScorerSettings.define(),
          "recommender", RecommenderSettings.define());

  @TempDir private Path directory;

  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyServiceTakesItsSettings(String values) throws IOException {
    for (String service : services(values)) {
      Settings settings = settings(values, service);
      assertThat(settings.port("admin.port").number()).isEqualTo(9400);
      assertThat(settings.kafka().keySet()).allMatch(KafkaNames::known);
      assertThat(settings.schemaRegistry().keySet()).allMatch(RegistryNames::known);
    }
  }

  private static Set<String> services(String values) {
    Set<String> services =
        Chart.rendered(values)
            .podTemplates()
            .map(Rendered::service)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(services).isNotEmpty().isSubsetOf(DEFINITIONS.keySet());
    return services;
  }

  private Settings settings(String values, String service) throws IOException {
    PodSettings pod = PodSettings.of(Chart.rendered(values), service);
    return Settings.load(DEFINITIONS.get(service), withTexts(pod).sources(directory));
  }

  /** Texts that candidates are measured on have to be there when settings are read. */
  private PodSettings withTexts(PodSettings pod) throws IOException {
    Path texts = Files.createDirectories(directory.resolve("texts"));
    Files.writeString(texts.resolve("support.txt"), "Have you tried turning it off and on?");
    return new PodSettings(
        pod.properties().replace("=/texts/", "=" + texts + "/"), pod.environment());
  }

  /** Names that some client of Kafka knows: a slip of the pen in the chart is not among them. */
  private static final class KafkaNames {

    private static final Set<String> NAMES =
        Stream.of(
                AdminClientConfig.configNames(),
                ConsumerConfig.configNames(),
                ProducerConfig.configNames(),
                StreamsConfig.configDef().names())
            .flatMap(Set::stream)
            .collect(Collectors.toSet());

    static boolean known(String name) {
      return NAMES.contains(name);
    }
  }

  /** Names that the registry's client knows. */
  private static final class RegistryNames {

    private static final Set<String> NAMES =
        AbstractKafkaSchemaSerDeConfig.baseConfigDef().withClientSslSupport().names();

    static boolean known(String name) {
      return NAMES.contains(name);
    }
  }

  @Test
  void numbersAndBackslashesArriveAsTheyWereWritten() throws IOException {
    Settings small = settings("small", "instrumentation");
    assertThat(small.integer("instrumentation.http.body.limit")).isEqualTo(4_194_304);
    assertThat(small.number("instrumentation.probe.budget")).isEqualTo(0.05);
    assertThat(settings("everything", "scorer").kafka()).containsEntry("client.rack", "zone\\a");
  }

  @Test
  void settingsOfAllAndOfOneServiceMeet() throws IOException {
    Settings scorer = settings("everything", "scorer");
    assertThat(scorer.text("topics.prefix")).isEqualTo("ml.layerwatch.");
    assertThat(scorer.duration("scorer.window.size")).isEqualTo(Duration.ofMinutes(5));
    assertThat(scorer.kafka()).containsEntry("num.standby.replicas", "1");
    assertThat(settings("everything", "instrumentation").text("model.name"))
        .isEqualTo("tiny-support");
  }

  @Test
  void aGpuIsAskedForAndInsistedOn() throws IOException {
    JsonNode pods = Chart.rendered("gpu").podTemplate("instrumentation");
    assertThat(pods.at("/spec/containers/0/resources/limits").path("nvidia.com/gpu").asText())
        .isEqualTo("1");
    assertThat(settings("gpu", "instrumentation").text("instrumentation.device")).isEqualTo("gpu");
  }

  @Test
  void credentialsReachTheClients() throws IOException {
    for (String service : services("secured")) {
      Settings settings = settings("secured", service);
      assertThat(settings.kafka())
          .containsEntry("security.protocol", "SASL_SSL")
          .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
          .containsEntry("ssl.truststore.location", "/etc/layerwatch/kafka/truststore")
          .containsEntry("ssl.truststore.type", "PEM")
          .containsEntry("ssl.keystore.location", "/etc/layerwatch/kafka/keystore")
          .containsEntry("ssl.keystore.type", "PKCS12")
          .containsEntry("ssl.keystore.password", "secret-of-layerwatch-kafka/user.password")
          .containsEntry("ssl.key.password", "secret-of-layerwatch-kafka/user.password");
      assertThat(loginOptions(settings))
          .containsEntry("username", "secret-of-layerwatch-kafka/username")
          .containsEntry("password", "secret-of-layerwatch-kafka/password");
      assertThat(settings.schemaRegistry())
          .containsEntry("basic.auth.credentials.source", "USER_INFO")
          .containsEntry(
              "basic.auth.user.info",
              "secret-of-layerwatch-registry/username:secret-of-layerwatch-registry/password")
          .containsEntry("ssl.truststore.location", "/etc/layerwatch/registry/truststore")
          .containsEntry("ssl.truststore.password", "secret-of-registry-tls/truststore.password");
    }
    assertThat(settings("everything", "scorer").kafka())
        .containsEntry("security.protocol", "SASL_PLAINTEXT")
        .containsEntry("sasl.jaas.config", "secret-of-layerwatch-oauth/sasl.jaas.config");
  }

  /** As Kafka's own parser reads them. */
  private static Map<String, Object> loginOptions(Settings settings) {
    String config = settings.kafka().get(SaslConfigs.SASL_JAAS_CONFIG).toString();
    var entries =
        JaasContext.loadClientContext(Map.of(SaslConfigs.SASL_JAAS_CONFIG, new Password(config)))
            .configurationEntries();
    assertThat(entries).hasSize(1);
    assertThat(entries.get(0).getLoginModuleName())
        .isEqualTo("org.apache.kafka.common.security.scram.ScramLoginModule");
    return Map.copyOf(entries.get(0).getOptions());
  }

  /** Every file that a setting names is one that a Secret puts there. */
  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void everyFileThatSettingsNameIsInThePod(String values) {
    for (String service : services(values)) {
      Rendered rendered = Chart.rendered(values);
      Set<String> there =
          each(rendered.podTemplate(service).at("/spec/volumes/0/projected/sources"))
              .flatMap(source -> source.findValues("path").stream())
              .map(path -> "/etc/layerwatch/" + path.asText())
              .collect(Collectors.toCollection(TreeSet::new));
      Set<String> named =
          PodSettings.of(rendered, service)
              .properties()
              .lines()
              .map(line -> line.substring(line.indexOf('=') + 1))
              .filter(value -> value.startsWith("/etc/layerwatch/"))
              .collect(Collectors.toCollection(TreeSet::new));
      named.add("/etc/layerwatch/layerwatch.properties");
      assertThat(there).isEqualTo(named);
      assertThat(rendered.podTemplate(service).at("/spec/containers/0/args"))
          .extracting(JsonNode::asText)
          .containsExactly("--config", "/etc/layerwatch/layerwatch.properties");
    }
  }

  /** A pod is killed when its grace period is over, whatever still runs. */
  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void podsMayTakeAsLongToStopAsTheServiceDoes(String values) throws IOException {
    for (String service : services(values)) {
      JsonNode pod = Chart.rendered(values).podTemplate(service).path("spec");
      Duration stop =
          Duration.ofSeconds(pod.at("/containers/0/lifecycle/preStop/sleep/seconds").asInt())
              .plus(Lifecycle.CLOSE_WITHIN);
      if (service.equals("instrumentation")) {
        stop = stop.plus(settings(values, service).duration("instrumentation.http.drain"));
      }
      assertThat(Duration.ofSeconds(pod.path("terminationGracePeriodSeconds").asInt()))
          .isGreaterThan(stop);
    }
  }

  /** Else a Service of the release would be a setting that nobody knows. */
  @ParameterizedTest
  @MethodSource(VALUE_SETS)
  void kubernetesPutsNoServicesIntoTheEnvironment(String values) {
    assertThat(Chart.rendered(values).podTemplates())
        .extracting(pods -> pods.at("/spec/enableServiceLinks").asText(""))
        .containsOnly("false");
  }

  @Test
  void podsAreReplacedWhenASettingChanges() throws IOException {
    Path changed = directory.resolve("changed.yaml");
    Files.writeString(
        changed,
        Yaml.text(Chart.valueSet("defaults")) + "scorer: {settings: {scorer.window.size: 2m}}\n");
    Rendered after = Chart.render(changed);
    for (String service : DEFINITIONS.keySet()) {
      boolean same =
          Chart.rendered("defaults").podTemplate(service).equals(after.podTemplate(service));
      assertThat(same).isEqualTo(!service.equals("scorer"));
    }
  }
}
