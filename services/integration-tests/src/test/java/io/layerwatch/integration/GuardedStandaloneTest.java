package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.layerwatch.instrumentation.InstrumentationSettings;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.instrumentation.traffic.TrafficGenerator;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.standalone.Standalone;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything in one process, its endpoints over TLS and with tokens. */
class GuardedStandaloneTest {

  @TempDir private Path directory;

  @Test
  void itsOwnTrafficHasTheKeyAndOthersNeedIt() throws Exception {
    // Not for the loopback address, at which the process asks itself.
    TestAuthority.Issued issued =
        new TestAuthority(directory)
            .issue(java.time.Instant.now().plus(Duration.ofHours(1)), "192.0.2.7");
    Map<String, String> settings = settings(issued.certificate(), issued.key());
    try (Standalone standalone = new Standalone(SettingsSources.of(settings))) {
      TrafficGenerator traffic =
          standalone.add(
              "traffic",
              new TrafficGenerator(
                  standalone.api(),
                  standalone.instrumentation().security(),
                  PromptLine.read(Repository.demoPrompts()),
                  new TrafficGenerator.Plan(2, 0.8, 1, Duration.ofMillis(20))));
      await().atMost(Duration.ofSeconds(30)).until(() -> traffic.succeeded() > 1);
      assertThat(traffic.failed()).isZero();
      assertThat(standalone.api()).hasScheme("https");
      HttpRequest models = HttpRequest.newBuilder(standalone.api().resolve("/v1/models")).build();
      HttpRequest metrics =
          HttpRequest.newBuilder(standalone.adminAddress().resolve("/metrics")).build();
      HttpClient client =
          standalone.instrumentation().security().trusted(HttpClient.newBuilder()).build();
      for (HttpRequest request : new HttpRequest[] {models, metrics}) {
        assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(401);
      }
    }
  }

  @Test
  void allThatIsWrongWithItsFilesIsListedOnce() throws Exception {
    Path absent = directory.resolve("absent");
    Map<String, String> settings = settings(absent, absent);
    settings.put(CommonSettings.ADMIN_TOKEN_FILE, absent.toString());
    settings.put(InstrumentationSettings.BACKLOG_WINDOW, "1500ms");
    InvalidSettingsException refused =
        catchThrowableOfType(
            InvalidSettingsException.class, () -> new Standalone(SettingsSources.of(settings)));
    assertThat(refused.problems().stream().map(problem -> problem.split(":")[0]))
        .containsOnlyOnce(
            CommonSettings.TLS_CERTIFICATE,
            CommonSettings.TLS_KEY,
            CommonSettings.ADMIN_TOKEN_FILE);
    assertThat(refused.problems()).anyMatch(each -> each.contains("backlog.window"));
  }

  private Map<String, String> settings(Path certificate, Path key) throws Exception {
    Path token = Files.writeString(directory.resolve("token"), "a-token");
    Map<String, String> settings = new HashMap<>();
    settings.put(InstrumentationSettings.MODEL_DIRECTORY, Repository.demoModel().toString());
    settings.put(InstrumentationSettings.HOST, "127.0.0.1");
    settings.put(InstrumentationSettings.PORT, "0");
    settings.put(CommonSettings.ADMIN_PORT, "0");
    settings.put(CommonSettings.TOPICS_REPLICATION, "1");
    settings.put(CommonSettings.TLS_CERTIFICATE, certificate.toString());
    settings.put(CommonSettings.TLS_KEY, key.toString());
    settings.put(CommonSettings.ADMIN_TOKEN_FILE, token.toString());
    settings.put(InstrumentationSettings.TOKEN_FILE, token.toString());
    return settings;
  }
}
