package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.settings.CommonSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code layerwatch score} as processes, which are killed and started anew. */
final class ScorerProcesses implements AutoCloseable {

  private static final Pattern ADMIN_PORT = Pattern.compile("/readyz on port (\\d+)");

  private final Path directory;
  private final Map<String, String> settings;
  private final List<JavaProcess> running = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private int started;
  private int kills;

  ScorerProcesses(Path directory, Map<String, String> settings) {
    this.directory = directory;
    this.settings = settings;
  }

  void startOne() {
    started++;
    Map<String, String> own = new HashMap<>(settings);
    own.put(CommonSettings.ADMIN_HOST, "127.0.0.1");
    own.put(CommonSettings.ADMIN_PORT, "0");
    own.put("kafka.state.dir", directory.resolve("state-" + started).toString());
    List<String> arguments = new ArrayList<>(List.of("score"));
    own.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
    running.add(
        JavaProcess.start(
            directory.resolve("scorer-" + started),
            128,
            "io.layerwatch.standalone.Layerwatch",
            arguments));
  }

  int kills() {
    return kills;
  }

  /** SIGKILL. */
  void kill(int index) {
    JavaProcess victim = running.remove(index);
    assertThat(victim.isAlive()).as(victim::output).isTrue();
    victim.kill();
    kills++;
  }

  /** SIGTERM, and waits for its end. */
  void stop(int index) {
    JavaProcess stopped = running.remove(index);
    boolean ended = stopped.stopsWithin(Duration.ofSeconds(20));
    stopped.kill();
    assertThat(ended).as(stopped::output).isTrue();
  }

  /** Lets time pass, in which none of them ends. */
  void live(Duration time) {
    JavaProcess first = running.get(0);
    assertThat(first.lives(time)).as(first::output).isTrue();
  }

  /** What each shows at /metrics. */
  List<String> scrape() {
    return running.stream().map(this::scrape).toList();
  }

  private String scrape(JavaProcess scorer) {
    Matcher port = ADMIN_PORT.matcher(scorer.output());
    assertThat(port.find()).as(scorer::output).isTrue();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.group(1) + "/metrics"))
            .timeout(Duration.ofSeconds(10))
            .build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new AssertionError(scorer.output(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    running.forEach(JavaProcess::kill);
  }
}
