package io.layerwatch.instrumentation.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.TinyCheckpoint;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.runtime.testing.TestAuthority.Issued;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API over TLS and with API keys, on a tiny random model. */
class GuardedCompletionServerTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMPLETIONS = "/v1/completions";
  private static final String PROMPT = "{\"prompt\": \"Hello\", \"max_tokens\": 3}";
  private static final String KEY = "sk-new";

  private static final PrometheusRegistry METRICS = new PrometheusRegistry();
  private static TestAuthority authority;
  private static HttpClient client;
  private static LanguageModel model;
  private static CompletionServer server;

  @BeforeAll
  static void serve(@TempDir Path directory) throws IOException {
    authority = new TestAuthority(directory);
    client = HttpClient.newBuilder().sslContext(authority.trusted()).build();
    Issued issued = authority.issue();
    Path keys = Files.writeString(directory.resolve("keys"), "sk-old\n" + KEY + "\n");
    Path written = new TinyCheckpoint(5, true).write(directory.resolve("tiny"), TensorType.F32);
    Settings settings =
        Settings.load(
            InstrumentationSettings.define(),
            SettingsSources.of(
                Map.of(
                    "model.directory", written.toString(),
                    "http.tls.certificate", issued.certificate().toString(),
                    "http.tls.key", issued.key().toString(),
                    "instrumentation.http.token.file", keys.toString())));
    EndpointSecurity security = InstrumentationSettings.of(settings).security();
    model = LanguageModel.load(LanguageModel.Source.of(written));
    server =
        new CompletionServer(
            CompletionServer.Options.local(1).withSecurity(security),
            model,
            () -> SequenceProbe.NONE,
            new RequestMetrics(METRICS));
  }

  @AfterAll
  static void stop() {
    server.close();
    model.close();
  }

  @Test
  void whoeverHasAKeyIsServedWholeAndStreamed() throws Exception {
    for (String key : List.of("sk-old", KEY)) {
      HttpResponse<String> answer = post(PROMPT, "Bearer " + key);
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(JSON.readTree(answer.body()).path("usage").path("completion_tokens").asInt())
          .isEqualTo(3);
    }
    String streamed = post(PROMPT.replace("}", ", \"stream\": true}"), "Bearer " + KEY).body();
    assertThat(streamed).endsWith("data: [DONE]\n\n");
  }

  @Test
  void whoeverHasNoneIsToldSoAsOpenAiDoesAndCounted() throws Exception {
    assertThat(send(HttpRequest.newBuilder(uri(COMPLETIONS)), "").statusCode()).isEqualTo(401);
    double before = refused();
    for (String wrong : List.of("", "Bearer sk-other", "Basic " + KEY)) {
      HttpResponse<String> answer = post(PROMPT, wrong);
      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      JsonNode error = JSON.readTree(answer.body()).path("error");
      assertThat(error.path("type").asText()).isEqualTo("invalid_request_error");
      assertThat(error.path("code").asText()).isEqualTo("invalid_api_key");
      assertThat(error.path("message").asText()).doesNotContain("sk-");
    }
    assertThat(refused()).isEqualTo(before + 3);
    for (String path : List.of("/v1/models", "/elsewhere")) {
      assertThat(send(HttpRequest.newBuilder(uri(path)), "").statusCode()).isEqualTo(401);
    }
  }

  /** However large: nothing of it is kept. */
  @Test
  void theBodyOfARefusedRequestCostsNothing() throws Exception {
    String large = "x".repeat(4 << 20);
    assertThat(post(large, "Bearer sk-other").statusCode()).isEqualTo(401);
    assertThat(post(PROMPT, "Bearer " + KEY).statusCode()).isEqualTo(200);
  }

  @Test
  void aStrangersConnectionIsClosedAfterTheAnswer() throws Exception {
    try (Socket socket =
        authority.trusted().getSocketFactory().createSocket("127.0.0.1", server.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write("GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).startsWith("HTTP/1.1 401 ").containsIgnoringCase("connection: close");
    }
  }

  @Test
  void whoeverDoesNotTrustTheAuthorityDoesNotTalk(@TempDir Path directory) {
    HttpClient other =
        HttpClient.newBuilder().sslContext(new TestAuthority(directory).trusted()).build();
    HttpRequest request = HttpRequest.newBuilder(uri("/v1/models")).build();
    assertThatThrownBy(() -> other.send(request, BodyHandlers.ofString()))
        .isInstanceOf(SSLHandshakeException.class);
  }

  /** More of them than there are threads of any kind. */
  @Test
  void clientsThatStopInTheirHandshakeHoldNobodyUp() throws Exception {
    List<Socket> stalled = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        stalled.add(socket);
        // The head of a record with a hello of 256 bytes, of which none follows.
        socket.getOutputStream().write(new byte[] {22, 3, 1, 1, 0, 1, 0, 0, (byte) 252});
      }
      assertThat(post(PROMPT, "Bearer " + KEY).statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : stalled) {
        socket.close();
      }
    }
  }

  @Test
  void whoeverSpeaksPlainHttpIsCutOff() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      socket.setSoTimeout(5_000);
      socket
          .getOutputStream()
          .write("GET /v1/models HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      String answer =
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
      assertThat(answer).doesNotContain("HTTP");
    }
  }

  private static double refused() {
    return Metrics.value(
        METRICS, "layerwatch_requests_total", "endpoint", COMPLETIONS, "status", "401");
  }

  private static URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.port() + path);
  }

  private static HttpResponse<String> post(String body, String authorization)
      throws IOException, InterruptedException {
    return client.send(request(body, authorization), BodyHandlers.ofString());
  }

  private static HttpRequest request(String body, String authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(COMPLETIONS)).POST(BodyPublishers.ofString(body));
    return (authorization.isEmpty() ? request : request.header("Authorization", authorization))
        .build();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, String authorization)
      throws IOException, InterruptedException {
    return client.send(
        (authorization.isEmpty() ? request : request.header("Authorization", authorization))
            .build(),
        BodyHandlers.ofString());
  }
}
