package io.layerwatch.standalone.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.confluent.kafka.schemaregistry.avro.AvroSchemaProvider;
import io.confluent.kafka.schemaregistry.client.CachedSchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.SchemaMetadata;
import io.confluent.kafka.schemaregistry.client.SchemaRegistryClient;
import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * What Layerwatch and its readers need of a schema registry, asked through Confluent's own client.
 * Every registry it names as usable passes this.
 */
abstract class RegistryContract {

  private static final AvroSchema FIRST = record("{\"name\":\"a\",\"type\":\"int\",\"default\":0}");
  private static final AvroSchema WIDER =
      record(
          "{\"name\":\"a\",\"type\":\"int\",\"default\":0},"
              + "{\"name\":\"b\",\"type\":\"string\",\"default\":\"\"}");
  private static final AvroSchema OTHER_TYPE =
      record("{\"name\":\"a\",\"type\":\"string\",\"default\":\"\"}");

  private final String subject = "subject-" + UUID.randomUUID();

  /** Base address of Confluent's API. */
  abstract String url();

  @Test
  void aSchemaKeepsItsIdHoweverOftenItIsRegistered() throws Exception {
    int id = client().register(subject, FIRST);
    assertThat(client().register(subject, FIRST)).isEqualTo(id);
    assertThat(client().getAllVersions(subject)).containsExactly(1);
    assertThat(client().register(subject + "-other", FIRST)).isEqualTo(id);
  }

  @Test
  void aReaderFindsASchemaByTheIdInTheRecord() throws Exception {
    int id = client().register(subject, FIRST);
    assertThat(client().getSchemaById(id).canonicalString()).isEqualTo(FIRST.canonicalString());
    assertThat(client().getSchemaBySubjectAndId(subject, id).canonicalString())
        .isEqualTo(FIRST.canonicalString());
  }

  @Test
  void aProducerFindsTheIdOfASchemaThatWasRegistered() throws Exception {
    int id = client().register(subject, FIRST);
    assertThat(client().getId(subject, FIRST)).isEqualTo(id);
    assertThat(client().getVersion(subject, FIRST)).isEqualTo(1);
    assertStatus(404, () -> client().getId(subject, WIDER));
  }

  @Test
  void versionsCountUpAndTheLatestIsTheLast() throws Exception {
    client().register(subject, FIRST);
    int wider = client().register(subject, WIDER);
    SchemaMetadata latest = client().getLatestSchemaMetadata(subject);
    assertThat(latest.getVersion()).isEqualTo(2);
    assertThat(latest.getId()).isEqualTo(wider);
    assertThat(client().getSchemaMetadata(subject, 1).getSchema())
        .isEqualTo(FIRST.canonicalString());
    assertThat(client().getAllSubjects()).contains(subject);
  }

  @Test
  void anIncompatibleSchemaIsRefused() throws Exception {
    client().register(subject, FIRST);
    client().updateCompatibility(subject, "FULL_TRANSITIVE");
    assertThat(client().getCompatibility(subject)).isEqualTo("FULL_TRANSITIVE");
    assertThat(client().testCompatibility(subject, OTHER_TYPE)).isFalse();
    assertThat(client().testCompatibility(subject, WIDER)).isTrue();
    assertStatus(409, () -> client().register(subject, OTHER_TYPE));
    assertThat(client().getAllVersions(subject)).containsExactly(1);
    client().register(subject, WIDER);
    assertThat(client().getAllVersions(subject)).containsExactly(1, 2);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertCode(40401, () -> client().getLatestSchemaMetadata(subject));
    assertCode(40401, () -> client().getAllVersions(subject));
    assertCode(40403, () -> client().getSchemaById(1_000_000));
  }

  @Test
  void anUnknownVersionIsNotFound() throws Exception {
    client().register(subject, FIRST);
    assertCode(40402, () -> client().getSchemaMetadata(subject, 7));
  }

  @Test
  void aConnectionThatIsRefusedIsNoAnswer() {
    SchemaRegistryClient nobody = client("http://127.0.0.1:1");
    assertThatThrownBy(() -> nobody.register(subject, FIRST))
        .isNotInstanceOf(RestClientException.class);
  }

  /** A fresh client each time: no answer comes from a cache. */
  private SchemaRegistryClient client() {
    return client(url());
  }

  private static SchemaRegistryClient client(String url) {
    return new CachedSchemaRegistryClient(
        List.of(url), 10, List.of(new AvroSchemaProvider()), Map.of(), Map.of());
  }

  private interface Call {
    Object run() throws Exception;
  }

  private static void assertStatus(int status, Call call) {
    assertThat(refusal(call).getStatus()).isEqualTo(status);
  }

  private static void assertCode(int code, Call call) {
    RestClientException refusal = refusal(call);
    assertThat(refusal.getStatus()).isEqualTo(code / 100);
    assertThat(refusal.getErrorCode()).isEqualTo(code);
  }

  private static RestClientException refusal(Call call) {
    RestClientException refusal = catchThrowableOfType(RestClientException.class, call::run);
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal;
  }

  private static AvroSchema record(String fields) {
    return new AvroSchema("{\"type\":\"record\",\"name\":\"Example\",\"fields\":[" + fields + "]}");
  }
}
