package io.layerwatch.integration.helm;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Values that cannot be meant are refused when the chart is rendered, with a sentence. */
class ChartRefusalsTest {

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scorer: {replica: 3} | 'replica' not allowed",
        "kafka: {bootstrapserver: kafka:9092} | 'bootstrapserver' not allowed",
        "monitoring: {serviceMonitor: {enable: true}} | 'enable' not allowed",
        "scorer: {replicas: two} | /scorer/replicas",
        "scorer: {settings: {scorer.drift.scores: [avss]}} | /scorer/settings/scorer.drift.scores",
        "instrumentation: {model: {volume: {hostPath: {path: /models}}}} |"
            + " /instrumentation/model/volume",
      })
  void aSlipOfThePenIsRefusedByTheSchema(String values, String words) throws IOException {
    assertRefused(values, words);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kafka: {bootstrapServers: ''} | kafka.bootstrapServers: expected Kafka's brokers",
        "schemaRegistry: {url: ''} | schemaRegistry.url: expected the schema registry",
        "instrumentation: {model: {existingClaim: ''}} | either existingClaim or volume",
        "instrumentation: {model: {volume: {emptyDir: {}}}} | expected either existingClaim or"
            + " volume",
        "instrumentation: {model: {path: ''}} | expected a path or a name",
        "scorer: {standbyReplicas: 2} | expected less than scorer.replicas",
        "settings: {admin.port: 9500} | admin.port: expected no such setting",
        "kafka: {properties: {num.standby.replicas: 1}} | kafka.num.standby.replicas: expected no"
            + " such setting",
        "kafka: {properties: {ssl.keystore.password: x}} | kafka.ssl.keystore.password: expected no"
            + " secret",
        "kafka: {properties: {sasl.jaas.config: x}} | kafka.sasl.jaas.config: expected no secret",
        "schemaRegistry: {properties: {basic.auth.user.info: a:b}} | basic.auth.user.info: expected"
            + " no secret",
        "kafka: {sasl: {mechanism: PLAIN}} | kafka.sasl.existingSecret: expected a Secret",
        "kafka: {sasl: {existingSecret: s}} | kafka.sasl.mechanism: expected one",
        "kafka: {tls: {truststore: {existingSecret: s}}} | kafka.tls.enabled: expected true",
        "monitoring: {serviceMonitor: {enabled: true, tokenKey: t}} | tokenKey: expected"
            + " admin.token.existingSecret",
        "kafka: {sasl: {mechanism: GSSAPI, existingSecret: s}} | kafka.sasl.jaasConfigKey: expected"
            + " a key",
        "monitoring: {prometheusRule: {enabled: true}} | runbookBaseUrl: expected where the"
            + " runbooks are",
        "'{http: {tls: {existingSecret: s}}, monitoring: {serviceMonitor: {enabled: true}}}' |"
            + " tlsConfig: expected how",
      })
  void whatCannotWorkIsRefusedByItsName(String values, String words) throws IOException {
    assertRefused(values, words);
  }

  private void assertRefused(String values, String words) throws IOException {
    Path file = directory.resolve("values.yaml");
    Files.writeString(
        file, Yaml.merged(Yaml.one(Chart.valueSet("defaults")), Yaml.one(values)).toString());
    assertThatThrownBy(() -> Chart.render(file)).hasMessageContaining(words);
  }
}
