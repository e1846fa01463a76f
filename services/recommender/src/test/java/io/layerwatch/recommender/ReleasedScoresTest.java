package io.layerwatch.recommender;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.runtime.testing.ReleasedRecords;
import io.layerwatch.runtime.testing.ReleasedSchemas;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Scores as releases wrote them, replayed through today's topology. */
class ReleasedScoresTest {

  private static final double[] AVSS = {5, 6, 1, 8};

  private final RecommenderHarness recommender = new RecommenderHarness();

  static List<String> versions() {
    return ReleasedSchemas.versions();
  }

  @AfterEach
  void close() {
    recommender.close();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void threeOfItsWindowsMakeACandidate(String version) {
    for (int minute = 1; minute <= 3; minute++) {
      send(version, window(minute, 500, true));
    }

    var last = recommender.recommendations.readValuesToList().get(2);
    var proposal = ((Candidate) last.state()).proposal();
    assertThat(proposal.layers()).containsExactly(2);
    assertThat(proposal.tokens()).isEqualTo(1_500);
    assertThat(proposal.parametersShare()).isEqualTo(0.1);
    assertThat(proposal.computeShare()).isEqualTo(0.125);
    assertThat(proposal.evidence().get(0).layer()).isEqualTo(2);
    assertThat(proposal.evidence().get(0).meanScore()).isEqualTo(1.0);
    assertThat(recommender.rejected.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aWindowOfTodayIsEvidenceBesideThem(String version) {
    send(version, window(1, 500, true));
    send(version, window(2, 500, true));
    recommender.send(Windows.DEMO.lowest(2, 3));

    assertThat(recommender.advice()).last().asString().startsWith("candidate: layers [2]");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void itsIncompleteWindowsAreNoEvidence(String version) {
    send(version, window(1, 500, true));
    send(version, window(2, 500, false));

    assertThat(recommender.advice())
        .containsExactly(
            "collecting: 1 of 3 windows",
            "collecting: 1 of 3 windows (incomplete: layer 3 reports 499 of 500 tokens)");
  }

  private void send(String version, Map<String, Object> window) {
    Schema schema = ReleasedSchemas.of(version).get("ModelScores");
    String topic = recommender.topics.layerScores().name();
    recommender.input.pipeInput(
        "demo@r1", ReleasedRecords.bytes(RecommenderHarness.REGISTRY, topic, schema, window));
  }

  /** The window that ends with that minute, in which layer 2 scores lowest. */
  private static Map<String, Object> window(int minute, long tokens, boolean complete) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("model", "demo");
    fields.put("revision", "r1");
    fields.put("site", "relative-contribution");
    fields.put("windowStart", 60_000L * (minute - 1));
    fields.put("windowEnd", 60_000L * minute);
    fields.put("layerCount", 4);
    fields.put("layersSeen", 4);
    fields.put("complete", complete);
    fields.put("incompleteReason", complete ? "" : "layer 3 reports fewer tokens");
    fields.put("tokens", tokens);
    fields.put("instances", List.of("host-1"));
    fields.put("sparsityThreshold", 0.01);
    fields.put("modelParameters", 100L);
    fields.put("modelMultiplyAdds", 40L);
    fields.put(
        "layers",
        IntStream.range(0, 4)
            .mapToObj(layer -> layer(layer, complete || layer < 3 ? tokens : tokens - 1))
            .toList());
    return fields;
  }

  /** 1,000 activations, a tenth near zero. */
  private static Map<String, Object> layer(int layer, long tokens) {
    Map<String, Object> fields = new HashMap<>();
    fields.put("layer", layer);
    fields.put("parameters", 10L);
    fields.put("multiplyAdds", 5L);
    fields.put("tokens", tokens);
    fields.put("count", 1_000L);
    fields.put("variance", AVSS[layer] / 10);
    fields.put("min", -9.0);
    fields.put("max", 9.0);
    fields.put("nearZero", List.of(Map.of("threshold", 0.01, "count", 100L)));
    fields.put("blockInfluence", 0.1);
    fields.put("sparsity", 0.1);
    fields.put("avssState", "DEFINED");
    fields.put("avss", AVSS[layer]);
    fields.put("normalizedAvss", AVSS[layer] / 20);
    return fields;
  }
}
