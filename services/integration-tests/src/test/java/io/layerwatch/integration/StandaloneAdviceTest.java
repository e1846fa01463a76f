package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.pruning.RecommendationState.Verified;
import io.layerwatch.analysis.pruning.RecommendationState.Withdrawn;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Settings;
import io.layerwatch.runtime.settings.SettingsSources;
import io.layerwatch.runtime.topics.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one command, from the first window to advice that was measured: what it prints and sends. */
class StandaloneAdviceTest {

  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  @TempDir private Path directory;

  private Process process;

  @AfterEach
  void leaveNoProcessBehind() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Test
  void adviceIsVerifiedAndWithdrawnOnceTrafficHasShifted() throws Exception {
    start("--shift=90s");
    awaitLine("recommendation \\S+ verified: ");
    assertThat(get("/v1/recommendations/" + model() + "/mergekit.yaml"))
        .contains("merge_method: passthrough")
        .contains("layer_range: [0, ");
    awaitLine("recommendation \\S+ withdrawn: ");
    // What comes next is held against texts of the kind that is sent now.
    awaitLine("(?s)recommendation \\S+ withdrawn: .*^recommendation \\S+ (verified|rejected): ");

    List<RecommendationState> states = onTopic();
    assertThat(kinds(states))
        .startsWith(Collecting.class, Candidate.class, Verified.class, Withdrawn.class);
    Candidate candidate = first(states, Candidate.class);
    Verified verified = first(states, Verified.class);
    assertThat(candidate.proposal().layers()).hasSize(3);
    assertThat(verified.layers()).isEqualTo(candidate.proposal().layers());
    assertThat(verified.evaluation().effect().full().tokens()).isGreaterThan(1_000);
    assertThat(verified.evaluation().effect().retained().reaches(0.9)).isTrue();
    assertThat(verified.evaluation().attempts())
        .extracting(attempt -> attempt.dataset().split(" ")[0])
        .containsExactly("evaluation.jsonl", "shifted.jsonl");
    assertThat(output().indexOf("verified: ")).isLessThan(output().indexOf("other prompts"));
    assertThat(output()).doesNotContain("Exception");
  }

  @Test
  void layersThatCarryTheModelAreProposedByTheWrongSiteAndRejected() throws Exception {
    start("--set", "recommender.site=block-output");
    awaitLine("recommendation \\S+ rejected: ");

    List<RecommendationState> states = onTopic();
    Candidate candidate = first(states, Candidate.class);
    assertThat(candidate.proposal().layers()).containsExactly(0, 1, 2);
    var rejected = first(states, RecommendationState.Rejected.class);
    assertThat(rejected.evaluation().effect().accuracyRetained()).isLessThan(0.5);
    assertThat(rejected.evaluation().attempts()).hasSize(3);
  }

  @Test
  void aProposalOfTooManyLayersIsReducedToWhatRetainsEnough() throws Exception {
    start("--set", "recommender.share=0.75");
    awaitLine("recommendation \\S+ verified: ");

    List<RecommendationState> states = onTopic();
    Candidate candidate = first(states, Candidate.class);
    Verified verified = first(states, Verified.class);
    assertThat(candidate.proposal().layers()).hasSize(9);
    assertThat(verified.layers()).hasSizeBetween(1, 8);
    assertThat(candidate.proposal().layers()).containsAll(verified.layers());
    assertThat(verified.evaluation().candidate()).isEqualTo(candidate.proposal().layers());
    assertThat(verified.evaluation().attempts().get(0).retained().reaches(0.9)).isFalse();
    assertThat(verified.evaluation().effect().retained().reaches(0.9)).isTrue();
  }

  private void start(String... options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("standalone", "--plain"));
    for (String setting :
        List.of(
            "scorer.window.size=3s",
            "instrumentation.backlog.window=3s",
            "recommender.windows=4",
            "recommender.tokens.minimum=100")) {
      arguments.addAll(List.of("--set", setting));
    }
    arguments.addAll(List.of(options));
    process =
        LayerwatchProcess.start(
            directory.resolve("output"),
            Files.createDirectories(directory.resolve("temporary")),
            arguments.toArray(String[]::new));
  }

  private String output() throws IOException {
    return Files.readString(directory.resolve("output"));
  }

  private void awaitLine(String pattern) {
    await()
        .atMost(TIMEOUT)
        .failFast("the process ended", () -> assertThat(process.isAlive()).isTrue())
        .until(() -> Pattern.compile("^" + pattern, Pattern.MULTILINE).matcher(output()).find());
  }

  private String announced(String pattern) throws IOException {
    Matcher matcher = Pattern.compile(pattern).matcher(output());
    assertThat(matcher.find()).as(pattern).isTrue();
    return matcher.group(1);
  }

  private String model() throws IOException {
    return announced("serving (\\S+) at ");
  }

  private String get(String path) throws IOException, InterruptedException {
    URI metrics = URI.create(announced("metrics at (\\S+/)metrics"));
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(metrics.resolve(path)).build(), BodyHandlers.ofString())
        .body();
  }

  /** Every state that was published, in order. */
  private List<RecommendationState> onTopic() throws IOException {
    Settings settings =
        Settings.load(
            CommonSettings.define(),
            SettingsSources.of(
                Map.of(
                    CommonSettings.BOOTSTRAP_SERVERS,
                    announced("Kafka at ([^,\\s]+)"),
                    CommonSettings.SCHEMA_REGISTRY_URL,
                    announced("schema registry at (\\S+)"))));
    try (Topics topics = Topics.of(settings);
        KafkaOnlooker kafka = new KafkaOnlooker(settings)) {
      return kafka.read(topics.pruningRecommendations()).stream()
          .map(PruningRecommendation::state)
          .toList();
    }
  }

  /** Kinds of states, each run of one kind once. */
  private static List<Class<?>> kinds(List<RecommendationState> states) {
    List<Class<?>> kinds = new ArrayList<>();
    for (RecommendationState state : states) {
      if (kinds.isEmpty() || kinds.get(kinds.size() - 1) != state.getClass()) {
        kinds.add(state.getClass());
      }
    }
    return kinds;
  }

  private static <T> T first(List<RecommendationState> states, Class<T> kind) {
    return states.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
  }
}
