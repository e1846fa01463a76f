package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.pruning.RecommendationState;
import io.layerwatch.analysis.pruning.RecommendationState.Candidate;
import io.layerwatch.analysis.pruning.RecommendationState.Collecting;
import io.layerwatch.analysis.score.Ranking;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecommendationJsonTest {

  private static final List<String> OF_EVIDENCE =
      List.of(
          "firstWindowStart",
          "lastWindowEnd",
          "tokens",
          "parametersRemoved",
          "parametersShare",
          "computeShare");

  @Test
  void whatIsNotThereWhileCollectingIsNull() throws IOException {
    JsonNode json = json(new Collecting(2, 10, ""));
    for (String field : OF_EVIDENCE) {
      assertThat(json.get(field).isNull()).as(field).isTrue();
    }
    assertThat(json.get("reason").isNull()).isTrue();
    assertThat(json.get("windowsStable").asInt()).isEqualTo(2);
    assertThat(json.get("layers").toString()).isEqualTo("[]");
    assertThat(json.get("updatedAt").asText()).isEqualTo("2026-11-24T21:20:50Z");
    assertThat(json(new Collecting(0, 10, "why")).get("reason").asText()).isEqualTo("why");
  }

  @Test
  void whatIsThereIsAsInTheRecord() throws IOException {
    Candidate candidate = new Candidate(new Generated(7).proposal());
    JsonNode json = json(candidate);
    assertThat(json.get("tokens").asLong()).isEqualTo(candidate.proposal().tokens());
    assertThat(Instant.parse(json.get("lastWindowEnd").asText()))
        .isEqualTo(candidate.proposal().span().end());
    assertThat(json.get("parametersShare").asDouble())
        .isEqualTo(candidate.proposal().parametersShare());
    assertThat(json.get("reason").asText()).isEqualTo(candidate.describe());
  }

  private static JsonNode json(RecommendationState state) throws IOException {
    TrustedClasses.register();
    String line =
        new RecommendationCodec()
            .json(
                new PruningRecommendation(
                    new ModelId("demo", "r1"),
                    Instant.parse("2026-11-24T21:20:50Z"),
                    "relative-contribution",
                    Ranking.AVSS,
                    12,
                    10,
                    state));
    assertThat(line).hasLineCount(1);
    return new ObjectMapper().readTree(line);
  }
}
