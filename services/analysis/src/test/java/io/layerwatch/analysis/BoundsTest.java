package io.layerwatch.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.layerwatch.analysis.score.Sources;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is too large to be kept for every layer and window. */
class BoundsTest {

  @Test
  void aModelHasAtMost512Layers() {
    assertThat(new ModelShape(512, 1, 512, 1, 512).layerCount()).isEqualTo(512);
    assertThatThrownBy(() -> new ModelShape(513, 1, 513, 1, 513))
        .hasMessage("layerCount: expected 1 to 512, got 513");
  }

  @Test
  void parametersOfAllLayersAddUpToALong() {
    assertThatThrownBy(() -> new ModelShape(1, 1, Long.MAX_VALUE, 1, 1))
        .hasMessage(
            "parameters: expected 0 <= layer <= model <= 1e15, got 1 and " + Long.MAX_VALUE);
    assertThatThrownBy(() -> new ModelShape(1, 1, 1, 1, Long.MAX_VALUE))
        .hasMessageStartingWith("multiplyAdds: expected 0 <= layer <= model <= 1e15");
  }

  @Test
  void aNameHasAtMost256Characters() {
    assertThat(new ModelId("n".repeat(256), "r").name()).hasSize(256);
    assertThatThrownBy(() -> new ModelId("n".repeat(257), "r"))
        .hasMessage("name: expected at most 256 characters, got 257");
  }

  @Test
  void aLadderHasAtMost64Rungs() {
    double[] thresholds = IntStream.rangeClosed(1, 65).asDoubleStream().toArray();
    assertThatThrownBy(() -> NearZeroLadder.empty(thresholds))
        .hasMessage("near-zero ladder: expected at most 64 thresholds, got 65");
  }

  @Test
  void aWindowNames2048InstancesOrFewerOfLongNames() {
    List<String> names = IntStream.range(0, 3_000).mapToObj(i -> "host-" + i).toList();
    assertThatThrownBy(() -> Sources.complete(names))
        .hasMessage("instances: expected at most 131072 bytes of names, got 192000");
    assertThat(Sources.fitting(names)).isEqualTo(names.subList(0, 2_048));
    assertThat(Sources.complete(Sources.fitting(names)).instances()).hasSize(2_048);
    assertThat(Sources.fitting(List.of("a".repeat(131_072), "b"))).hasSize(1);
  }
}
