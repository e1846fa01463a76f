package io.layerwatch.runtime.topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpServer;
import io.layerwatch.runtime.topics.InvalidRecordException.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a registry, or what stands before it, may say of a schema's id. */
class RegistryAnswersTest {

  private HttpServer server;
  private int status;
  private String body = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4);
    server.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anIdThatTheRegistryDoesNotKnowIsTheRecordsFault() {
    assertThat(answer(404, "{'error_code': 40403, 'message': 'Schema 7 not found'}"))
        .isInstanceOfSatisfying(
            InvalidRecordException.class,
            fault -> assertThat(fault.kind()).isEqualTo(Kind.UNKNOWN_SCHEMA));
  }

  @ParameterizedTest
  @CsvSource({"JSON, {}", "PROTOBUF, syntax", "AVRO, no Avro at all"})
  void aSchemaThatIsNoAvroIsTheRecordsFault(String type, String schema) {
    assertThat(answer(200, "{'schemaType': '" + type + "', 'schema': '" + schema + "'}"))
        .isInstanceOfSatisfying(
            InvalidRecordException.class,
            fault -> assertThat(fault.kind()).isEqualTo(Kind.FOREIGN_SCHEMA));
  }

  @ParameterizedTest
  @CsvSource({
    "404, <html>no such route</html>",
    "429, {'error_code': 42901}",
    "401, {'error_code': 40101}",
    "500, {'error_code': 50001}",
    "200, <html>log in first</html>"
  })
  void anythingElseIsAnOutage(int answered, String with) {
    assertThat(answer(answered, with)).isNotInstanceOf(InvalidRecordException.class);
  }

  private SerializationException answer(int answered, String with) {
    status = answered;
    body = with.replace('\'', '"');
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    Map<String, Object> config = Map.of("schema.registry.url", url, "max.retries", 0);
    try (Topics topics = new Topics("p.", config, Duration.ofHours(1))) {
      return catchThrowableOfType(
          SerializationException.class,
          () ->
              topics
                  .activationSummaries()
                  .serde()
                  .deserializer()
                  .deserialize("", new byte[] {0, 0, 0, 0, 7, 1}));
    }
  }
}
