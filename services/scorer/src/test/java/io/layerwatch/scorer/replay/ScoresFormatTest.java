package io.layerwatch.scorer.replay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.codec.ScoresCodec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ScoresFormatTest {

  private static final double[] LADDER = {0.01, 0.1};

  /** Layer 1 of two is missing; layer 0 saw -3, 0.05, 3. */
  private static final ModelScores SCORES = scores("demo");

  @Test
  void aTableNamesTheWindowWhatItLacksAndEveryLayer() {
    assertThat(ScoresTable.of(SCORES).lines())
        .containsExactly(
            "demo@r1 2026-01-31T12:00:00Z to 2026-01-31T12:01:00Z, block-output: 3 tokens,"
                + " instances host-1, host-2, sparsity below 0.1",
            "incomplete: 1 of 2 layers missing: 1",
            "silent: host-3",
            "layer        mean    variance  sparsity        AVSS norm.AVSS influence  state",
            "    0     0.01667      6.0006   0.33333      18.002         -    0.1000  WEAK",
            "");
  }

  @Test
  void jsonIsOneLineWithTheFieldsOfTheTopic() throws Exception {
    String line = new ScoresCodec().json(SCORES);
    assertThat(line.lines()).hasSize(1);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("model").asText()).isEqualTo("demo");
    assertThat(json.get("windowStart").asText()).isEqualTo("2026-01-31T12:00:00Z");
    assertThat(json.get("windowEnd").asText()).isEqualTo("2026-01-31T12:01:00Z");
    assertThat(json.get("complete").isBoolean()).isTrue();
    assertThat(json.get("silentInstances")).hasSize(1);
    JsonNode layer = json.get("layers").get(0);
    assertThat(layer.get("avssState").asText()).isEqualTo("WEAK");
    assertThat(layer.get("avss").asDouble())
        .isEqualTo(SCORES.layers().get(0).avss().score().orElseThrow());
    assertThat(layer.get("normalizedAvss").isNull()).isTrue();
    assertThat(layer.get("nearZero").get(0).get("threshold").asDouble()).isEqualTo(0.01);
  }

  @Test
  void jsonSurvivesNamesThatNeedEscaping() throws Exception {
    String name = "a \"quoted\" \\ name \u00e9 \ud83d\ude00";
    JsonNode json = new ObjectMapper().readTree(new ScoresCodec().json(scores(name)));
    assertThat(json.get("model").asText()).isEqualTo(name);
  }

  private static ModelScores scores(String name) {
    LayerStatistics statistics =
        new LayerStatistics(
            3, 0, Moments.of(-3, 0.05, 3), 0, NearZeroLadder.of(LADDER, -3, 0.05, 3), 0, 2.7);
    return ModelScores.of(
        new ModelId(name, "r1"),
        new ModelShape(2, 10, 100, 5, 50),
        "block-output",
        new TimeWindow(
            Instant.parse("2026-01-31T12:00:00Z"), Instant.parse("2026-01-31T12:01:00Z")),
        new Sources(List.of("host-1", "host-2"), List.of("host-3"), 0),
        0.1,
        new TreeMap<>(Map.of(0, statistics)));
  }
}
