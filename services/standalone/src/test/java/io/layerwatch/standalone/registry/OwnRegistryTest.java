package io.layerwatch.standalone.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The registry of the standalone process. */
class OwnRegistryTest extends RegistryContract {

  private static SchemaRegistryServer server;

  @BeforeAll
  static void start() {
    server = SchemaRegistryServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  String url() {
    return server.url();
  }

  @Test
  void whatIsNoSchemaIsRefused() throws Exception {
    String route = "/subjects/s/versions";
    assertThat(post(route, "{\"schema\":\"{\\\"type\\\":\\\"nonsense\\\"}\"}"))
        .startsWith("422 ")
        .contains("\"error_code\":42201");
    assertThat(post(route, "{\"schemaType\":\"JSON\",\"schema\":\"{}\"}")).startsWith("422 ");
    assertThat(post(route, "not json")).startsWith("400 ");
    assertThat(post("/nothing/here", "{}")).startsWith("404 ");
  }

  private static String post(String route, String body) throws Exception {
    var answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(server.url() + route))
                    .POST(BodyPublishers.ofString(body))
                    .build(),
                BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }
}
