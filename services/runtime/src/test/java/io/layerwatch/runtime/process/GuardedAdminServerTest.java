package io.layerwatch.runtime.process;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.LogRecording;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.runtime.testing.TestAuthority.Issued;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The admin port over TLS and with a token, as clients with and without them see it. */
class GuardedAdminServerTest {

  private static final String TOKEN = "scrape-token";
  private static final int STALLED = 32;

  @TempDir private Path directory;
  private TestAuthority authority;
  private Issued issued;

  @BeforeEach
  void issue() {
    authority = new TestAuthority(directory);
    issued = authority.issue();
  }

  @Test
  void withATokenAllButHealthIsForThoseWhoHaveIt() throws Exception {
    Path file = Files.writeString(directory.resolve("token"), TOKEN + "\n");
    PrometheusRegistry metrics = new PrometheusRegistry();
    try (AdminServer server =
        AdminServer.of(
            settings(Map.of("admin.token.file", file.toString())), metrics, new Health())) {
      server.serve("/v1/things", exchange -> HttpAnswer.error(409, "no").send(exchange));
      HttpClient client = HttpClient.newHttpClient();
      for (String path : List.of("/metrics", "/v1/things", "/elsewhere", "/", "/healthzz")) {
        for (String wrong : List.of("", "Bearer another", "Basic " + TOKEN)) {
          HttpResponse<String> refused = get(client, server, path, wrong);
          assertThat(refused.statusCode()).as(path + " with " + wrong).isEqualTo(401);
          assertThat(refused.headers().firstValue("WWW-Authenticate")).contains("Bearer");
          assertThat(refused.body())
              .isEqualTo(
                  "{\"error\":\"Authorization: expected Bearer and a token of this server\"}\n");
        }
      }
      assertThat(Metrics.value(metrics, "layerwatch_admin_refused_requests_total")).isEqualTo(15);
      assertThat(get(client, server, "/metrics", "Bearer " + TOKEN).statusCode()).isEqualTo(200);
      assertThat(get(client, server, "/v1/things", "Bearer " + TOKEN).statusCode()).isEqualTo(409);
      assertThat(get(client, server, "/elsewhere", "Bearer " + TOKEN).statusCode()).isEqualTo(404);
      assertThat(get(client, server, "/healthz", "").statusCode()).isEqualTo(200);
      assertThat(get(client, server, "/readyz", "").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void withACertificateItSpeaksTlsAndNothingElse() throws Exception {
    try (AdminServer server = start(tls())) {
      assertThat(server.scheme()).isEqualTo("https");
      assertThat(get(trusting(authority), server, "/metrics", "").statusCode()).isEqualTo(200);
      HttpClient others =
          trusting(new TestAuthority(Files.createDirectory(directory.resolve("o"))));
      assertThatThrownBy(() -> get(others, server, "/metrics", ""))
          .isInstanceOf(SSLHandshakeException.class);
      URI plain = URI.create("http://127.0.0.1:" + server.port() + "/healthz");
      assertThatThrownBy(
              () ->
                  HttpClient.newHttpClient()
                      .send(HttpRequest.newBuilder(plain).build(), BodyHandlers.ofString()))
          .isInstanceOf(IOException.class);
      assertThat(protocol(server, "TLSv1.3")).isEqualTo("TLSv1.3");
      assertThat(protocol(server, "TLSv1.2")).isEqualTo("TLSv1.2");
    }
  }

  /** TLS 1.2 has such a thing, 1.3 has not. */
  @Test
  void aClientMayNotNegotiateOverAndOver() throws Exception {
    try (AdminServer server = start(tls());
        SSLSocket socket = connect(server, "TLSv1.2")) {
      socket.setSoTimeout(5_000);
      socket.startHandshake();
      assertThatThrownBy(
              () -> {
                socket.getOutputStream().write("GET /healthz HTTP/1.1".getBytes(US_ASCII));
                socket.getInputStream().readAllBytes();
              })
          .isInstanceOf(SSLException.class);
    }
  }

  @Test
  void anExpiredCertificateIsWarnedOfAtTheStart() {
    issued = authority.issue(Instant.now().minusSeconds(60), "127.0.0.1");
    try (LogRecording log = new LogRecording();
        AdminServer server = start(tls())) {
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("http.tls.certificate: the certificate expired at ");
      assertThatThrownBy(() -> get(trusting(authority), server, "/healthz", ""))
          .isInstanceOf(SSLException.class);
    }
  }

  /** A handshake that goes no further takes one of the server's threads. */
  @Test
  void clientsThatStopInTheirHandshakeHoldNobodyUp() throws Exception {
    try (AdminServer server = start(tls())) {
      requireHealthBesideStalled(server, new byte[] {22, 3, 1, 0, 100, 1}, trusting(authority));
    }
  }

  /** So does a request. */
  @Test
  void clientsThatStopInTheirRequestHoldNobodyUp() throws Exception {
    try (AdminServer server = start(Map.of())) {
      byte[] begun = "GET /healthz HT".getBytes(US_ASCII);
      requireHealthBesideStalled(server, begun, HttpClient.newHttpClient());
    }
  }

  private static void requireHealthBesideStalled(
      AdminServer server, byte[] begun, HttpClient client) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < STALLED; i++) {
        Socket socket = new Socket("127.0.0.1", server.port());
        sockets.add(socket);
        socket.getOutputStream().write(begun);
      }
      // What kubelet waits for is a second by default; a stalled client may take 30.
      URI health = URI.create(server.scheme() + "://127.0.0.1:" + server.port() + "/healthz");
      assertThat(
              client.sendAsync(HttpRequest.newBuilder(health).build(), BodyHandlers.discarding()))
          .succeedsWithin(Duration.ofSeconds(10))
          .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(200));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private Map<String, String> tls() {
    return Map.of(
        "http.tls.certificate", issued.certificate().toString(),
        "http.tls.key", issued.key().toString());
  }

  private static AdminServer start(Map<String, String> values) {
    return AdminServer.of(settings(values), new PrometheusRegistry(), new Health());
  }

  private static Settings settings(Map<String, String> values) {
    Map<String, String> all = new HashMap<>(values);
    all.put("admin.host", "127.0.0.1");
    all.put("admin.port", "0");
    return Settings.load(CommonSettings.define(), SettingsSources.of(all));
  }

  private static HttpClient trusting(TestAuthority authority) {
    return HttpClient.newBuilder().sslContext(authority.trusted()).build();
  }

  private String protocol(AdminServer server, String offered) throws IOException {
    try (SSLSocket socket = connect(server, offered)) {
      return socket.getSession().getProtocol();
    }
  }

  private SSLSocket connect(AdminServer server, String offered) throws IOException {
    SSLSocket socket =
        (SSLSocket) authority.trusted().getSocketFactory().createSocket("127.0.0.1", server.port());
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setProtocols(new String[] {offered});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static HttpResponse<String> get(
      HttpClient client, AdminServer server, String path, String authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
            URI.create(server.scheme() + "://127.0.0.1:" + server.port() + path));
    if (!authorization.isEmpty()) {
      request.header("Authorization", authorization);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }
}
