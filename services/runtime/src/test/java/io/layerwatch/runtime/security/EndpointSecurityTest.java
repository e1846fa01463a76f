package io.layerwatch.runtime.security;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Health;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.LogRecording;
import io.layerwatch.runtime.testing.Metrics;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.runtime.testing.TestAuthority.Issued;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files that guard an endpoint, on real certificates. */
class EndpointSecurityTest {

  private static final Duration OFTEN = Duration.ofMillis(20);
  private static final String TOKENS =
      "admin.token.file: expected a file with tokens, one a line, of letters, digits and -._~+/=, ";

  @TempDir private Path directory;
  private TestAuthority authority;

  @BeforeEach
  void found() {
    authority = new TestAuthority(directory);
  }

  @Test
  void nothingIsGuardedWithoutFiles() {
    EndpointSecurity security = of(Map.of());
    assertThat(security).isSameAs(EndpointSecurity.NONE);
    assertThat(security.scheme()).isEqualTo("http");
    assertThat(security.admits(Optional.empty())).isTrue();
  }

  @Test
  void anyTokenOfTheFileIsGoodAndNothingElse() throws Exception {
    try (EndpointSecurity security = of(tokens("\n first-token \n\nsecond/token==\n"))) {
      for (String good :
          List.of("Bearer first-token", "bearer first-token", "Bearer  second/token==")) {
        assertThat(security.admits(Optional.of(good))).as(good).isTrue();
      }
      for (String bad :
          List.of(
              "first-token",
              "Bearer",
              "Bearer ",
              "Bearer first-toke",
              "Bearer first-token2",
              "Bearer FIRST-TOKEN",
              "Basic first-token",
              "Bearer first-token second/token==")) {
        assertThat(security.admits(Optional.of(bad))).as(bad).isFalse();
      }
      assertThat(security.admits(Optional.empty())).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n \n", "two words", "t\u00f6ken", "good\n{\"json\": 1}"})
  void whatHoldsNoTokensIsRefusedAndNotShown(String content) throws Exception {
    Map<String, String> settings = tokens(content);
    assertThat(problems(settings))
        .singleElement()
        .asString()
        .startsWith(TOKENS + "got \"" + settings.get("admin.token.file") + "\", which holds ")
        .doesNotContain("words", "json");
  }

  @Test
  void everyFaultIsListedWithItsKeyAndFile() throws Exception {
    Issued good = authority.issue();
    Path other = authority.issue().key();
    Path absent = directory.resolve("absent");
    Path rsa =
        Files.writeString(
            directory.resolve("rsa"),
            "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n");
    Path broken =
        Files.writeString(
            directory.resolve("broken"),
            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    String key =
        "http.tls.key: expected a PEM file with an unencrypted PKCS#8 key (BEGIN PRIVATE"
            + " KEY), got \"%s\", which holds ";
    String chain = "http.tls.certificate: expected a PEM file with a certificate chain, got \"%s\"";
    assertThat(problems(tls(absent, absent)))
        .containsExactly(
            chain.formatted(absent) + ", which is not there",
            "http.tls.key: expected a PEM file with a PKCS#8 key, got \"%s\", which is not there"
                .formatted(absent));
    assertThat(problems(tls(good.key(), good.certificate())))
        .containsExactly(
            chain.formatted(good.key()) + ", which holds none",
            key.formatted(good.certificate()) + "none");
    assertThat(problems(tls(good.certificate(), rsa)))
        .containsExactly(key.formatted(rsa) + "one of BEGIN RSA PRIVATE KEY");
    assertThat(problems(tls(good.certificate(), broken)))
        .containsExactly(key.formatted(broken) + "none");
    assertThat(problems(tls(good.certificate(), other)))
        .containsExactly(
            "http.tls.key: expected the key of http.tls.certificate, got \"%s\", which is that of"
                    .formatted(other)
                + " another one");
    assertThat(problems(Map.of("http.tls.certificate", good.certificate().toString())))
        .containsExactly(
            "http.tls.key: expected a file, as http.tls.certificate is given, got \"\"");
    assertThat(problems(Map.of("http.tls.key", good.key().toString())))
        .containsExactly(
            "http.tls.certificate: expected a file, as http.tls.key is given, got \"\"");
  }

  /** Somebody takes the setting for the secret itself. */
  @Test
  void aSecretInThePlaceOfItsFileIsNotShown() throws Exception {
    Issued good = authority.issue();
    Map<String, String> settings =
        Map.of(
            "http.tls.certificate", good.certificate().toString(),
            "http.tls.key", Files.readString(good.key()),
            "admin.token.file", "the-token-itself");
    for (String token : List.of("/9j4AAQSkZJRg==", "aGVs/bG8h/d29y+bGQ=", "/aGVs/bG8h")) {
      assertThat(problems(Map.of("admin.token.file", token)))
          .singleElement()
          .asString()
          .contains("not shown")
          .doesNotContain(token);
    }
    String body = Files.readString(good.key()).lines().skip(1).findFirst().orElseThrow();
    assertThat(problems(settings))
        .hasSize(2)
        .allSatisfy(problem -> assertThat(problem).contains("not shown"))
        .noneSatisfy(problem -> assertThat(problem).containsAnyOf(body, "the-token-itself"));
  }

  @Test
  void anExpiredCertificateIsUsedAndSaid() {
    Instant end = Instant.now().minusSeconds(60).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    try (EndpointSecurity security = of(tls(authority.issue(end, "127.0.0.1")))) {
      assertThat(security.outOfTime()).contains("expired at " + end);
    }
    try (EndpointSecurity security = of(tls(authority.issue()))) {
      assertThat(security.outOfTime()).isEmpty();
    }
  }

  @Test
  void tokensThatChangeAreTakenOverUnlessTheyAreNoGood() throws Exception {
    Map<String, String> settings = tokens("old-token");
    Path file = Path.of(settings.get("admin.token.file"));
    try (EndpointSecurity security = of(settings);
        LogRecording log = new LogRecording()) {
      security.watch(OFTEN);
      Files.writeString(file, "new-token");
      await().until(() -> security.admits(Optional.of("Bearer new-token")));
      assertThat(security.admits(Optional.of("Bearer old-token"))).isFalse();
      Files.writeString(file, "no token");
      await().until(() -> !log.warnings().isEmpty());
      Files.delete(file);
      await().until(() -> log.warnings().size() == 2);
      assertThat(security.admits(Optional.of("Bearer new-token"))).isTrue();
      assertThat(log.warnings())
          .allSatisfy(
              warning ->
                  assertThat(warning)
                      .contains("the former stays: " + TOKENS)
                      .doesNotContain("no token"));
    }
  }

  /** On a server that never stops, in the way of cert-manager. */
  @Test
  void aRenewedCertificateIsShownWithoutAnotherStart() throws Exception {
    Issued issued = authority.issue();
    EndpointSecurity security = of(tls(issued));
    security.watch(OFTEN);
    PrometheusRegistry metrics = new PrometheusRegistry();
    try (AdminServer server =
        AdminServer.start("127.0.0.1", Port.ANY, security, metrics, new Health())) {
      assertThat(expiry(metrics)).isBetween(inSeconds(3_500), inSeconds(3_600));
      assertThat(subjectShown(server)).isEqualTo("CN=layerwatch 0");
      Issued renewed = authority.issue(Instant.now().plusSeconds(7_200), "127.0.0.1");
      for (int i = 0; i < 2; i++) {
        Files.copy(renewed.certificate(), issued.certificate(), REPLACE_EXISTING);
        Files.copy(renewed.key(), issued.key(), REPLACE_EXISTING);
        String expected = "CN=layerwatch " + (i + 1);
        await().until(() -> subjectShown(server).equals(expected));
        assertThat(expiry(metrics)).isBetween(inSeconds(7_100), inSeconds(7_200));
        // Whoever is in this process trusts the new one, too.
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.port() + "/healthz"))
                .build();
        assertThat(
                security
                    .trusted(HttpClient.newBuilder())
                    .build()
                    .send(request, BodyHandlers.ofString())
                    .statusCode())
            .isEqualTo(200);
        renewed = authority.issue(Instant.now().plusSeconds(7_200), "127.0.0.1");
      }
    }
  }

  private static double expiry(PrometheusRegistry metrics) {
    return Metrics.value(metrics, "layerwatch_tls_certificate_expiry_timestamp_seconds");
  }

  private static double inSeconds(long seconds) {
    return Instant.now().getEpochSecond() + seconds;
  }

  private String subjectShown(AdminServer server) throws IOException {
    try (SSLSocket socket =
        (SSLSocket)
            authority.trusted().getSocketFactory().createSocket("127.0.0.1", server.port())) {
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  /** Also where certificate and key are renewed one after the other. */
  @Test
  void aKeyWithoutItsCertificateIsNotTakenOver() throws Exception {
    Issued first = authority.issue();
    Issued second = authority.issue();
    try (EndpointSecurity security = of(tls(first));
        LogRecording log = new LogRecording()) {
      security.watch(OFTEN);
      Files.copy(second.key(), first.key(), REPLACE_EXISTING);
      await().until(() -> log.warnings().size() == 1);
      assertThat(log.warnings().get(0)).contains("the former stays", "the key of");
    }
  }

  @Test
  void nothingThatItIsMadeOfTellsASecret() throws Exception {
    Issued issued = authority.issue();
    assertThat(new BearerTokens(List.of("a-token")).toString()).isEqualTo("1 tokens");
    assertThat(ServerIdentity.read(settings(tls(issued))).toString())
        .matches("CN=layerwatch 0, valid until \\S+");
  }

  private Map<String, String> tokens(String content) throws Exception {
    Path file = Files.writeString(directory.resolve("tokens"), content);
    return Map.of("admin.token.file", file.toString());
  }

  private static Map<String, String> tls(Issued issued) {
    return tls(issued.certificate(), issued.key());
  }

  private static Map<String, String> tls(Path certificate, Path key) {
    return Map.of("http.tls.certificate", certificate.toString(), "http.tls.key", key.toString());
  }

  private static Settings settings(Map<String, String> values) {
    return Settings.load(CommonSettings.define(), SettingsSources.of(values));
  }

  private static EndpointSecurity of(Map<String, String> values) {
    return EndpointSecurity.of(settings(values), CommonSettings.ADMIN_TOKEN_FILE);
  }

  private static List<String> problems(Map<String, String> values) {
    InvalidSettingsException refused =
        catchThrowableOfType(InvalidSettingsException.class, () -> of(values));
    assertThat(refused).isNotNull();
    return refused.problems();
  }
}
