package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.runtime.settings.CommonSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The consumers that the READMEs show, run as they stand there. */
class ReadmeConsumersTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Path RECOMMENDER = Path.of("services/recommender/README.md");
  private static final Path SCHEMAS = Path.of("schemas/README.md");

  @TempDir private static Path directory;

  private static Deployment deployment;
  private final List<Process> processes = new ArrayList<>();

  @BeforeAll
  static void publish() {
    deployment = new Deployment(directory.resolve("state"), Repository.demoModel(), Map.of());
    try (KafkaOnlooker kafka = new KafkaOnlooker(deployment.settings())) {
      ScriptedAdvice advice = new ScriptedAdvice(deployment.topics(), kafka, "shop@r1");
      advice.windows(1, 3);
      advice.send(deployment.topics().pruningRecommendations(), advice.verified(1, 2));
    }
  }

  @AfterAll
  static void close() {
    deployment.close();
  }

  @AfterEach
  void leaveNoProcessBehind() {
    processes.forEach(Process::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
  }

  @Test
  void theJavaConsumerPrintsARecommendation() throws Exception {
    Path source = Files.createDirectory(directory.resolve("java")).resolve("Recommendations.java");
    Files.writeString(source, block(RECOMMENDER, "java"));
    Path output =
        start(
            source.getParent(),
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            source.toString());
    awaitLine(output, "shop@r1 VERIFIED [1, 2]");
  }

  @Test
  void theNodeConsumersPrintARecommendationAndScores() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("node"));
    NodeProject.ofConsumers(folder);
    Files.writeString(folder.resolve("advice.js"), block(RECOMMENDER, "js"));
    Files.writeString(folder.resolve("scores.js"), block(SCHEMAS, "js"));
    Path advice = start(folder, "node", "advice.js");
    Path scores = start(folder, "node", "scores.js");
    awaitLine(advice, "shop@r1 VERIFIED [ 1, 2 ]");
    awaitLine(scores, "shop@r1 ModelScores {");
    awaitLine(scores, "  site: 'relative-contribution',");
  }

  /** The only block of that language in the README. */
  private static String block(Path readme, String language) throws IOException {
    String text = Files.readString(Repository.root().resolve(readme));
    Matcher blocks = Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(text);
    List<String> found = blocks.results().map(result -> result.group(1)).toList();
    assertThat(found).as("blocks of %s in %s", language, readme).hasSize(1);
    return found.get(0);
  }

  private Path start(Path folder, String... command) throws IOException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    var settings = deployment.settings();
    builder.environment().put("KAFKA", settings.text(CommonSettings.BOOTSTRAP_SERVERS));
    builder.environment().put("REGISTRY", settings.text(CommonSettings.SCHEMA_REGISTRY_URL));
    processes.add(builder.start());
    return output;
  }

  private void awaitLine(Path output, String line) {
    await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofMillis(200))
        .failFast(
            "the consumer ended",
            () -> assertThat(processes).as(() -> text(output)).allMatch(Process::isAlive))
        .untilAsserted(() -> assertThat(text(output).lines()).contains(line));
  }

  private static String text(Path output) {
    try {
      return Files.readString(output);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
