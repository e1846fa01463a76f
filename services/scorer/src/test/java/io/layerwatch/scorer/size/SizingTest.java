package io.layerwatch.scorer.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The calculator, by sums made by hand at round costs. */
class SizingTest {

  /** Half of a thread is 20,000 summaries a second. */
  private static final Costs COSTS =
      new Costs("a machine", 40_000, 10, 20, 400, 100, 1_000, 50e6, 200e6, 3, 50e6);

  @Test
  void aSmallFleetFitsIntoOneThread() {
    Sizing sizing = new Sizing(load(1, 100, 80, 5), COSTS);

    // 3 sites × 80 layers × 100 replicas.
    assertThat(sizing.load().sources()).isEqualTo(24_000);
    assertThat(sizing.load().summariesPerSecond()).isEqualTo(4_800);
    assertThat(sizing.names()).isEqualTo(1);
    assertThat(sizing.threads()).isEqualTo(1);
    assertThat(sizing.processes()).isEqualTo(1);
    assertThat(sizing.partitions()).isEqualTo(4);
    assertThat(sizing.cores()).isCloseTo(0.048, within(1e-9));
    // Two open windows of 400 bytes and a track of 100 for each source, 1,000 for each of 240 keys.
    assertThat(sizing.stateBytes()).isEqualTo(24_000 * 900.0 + 240 * 1_000.0);
    assertThat(sizing.heapOfProcess()).isEqualTo(50e6 + 2 * 21_840_000);
    assertThat(sizing.memoryOfProcess()).isEqualTo(250e6 + 2 * 21_840_000);
    assertThat(sizing.closingSeconds()).isCloseTo(0.48, within(1e-9));
    Sizing.Traffic summaries = sizing.traffic().get(0);
    assertThat(summaries.recordsPerSecond()).isEqualTo(4_800);
    assertThat(summaries.bytesPerDay())
        .isCloseTo(4_800 * RecordSizes.summary() * 86_400, within(1.0));
    assertThat(summaries.keptBytes()).isCloseTo(summaries.bytesPerDay() * 7 * 3, within(100.0));
    // 3 sites, a window a minute.
    assertThat(sizing.traffic().get(1).recordsPerSecond()).isCloseTo(0.05, within(1e-9));
  }

  @Test
  void aModelThatOneThreadCannotCarryIsSplit() {
    Sizing sizing = new Sizing(load(1, 1_000, 80, 1), COSTS);

    // 240,000 summaries a second are 12 times half of a thread.
    assertThat(sizing.namesForRate()).isEqualTo(12);
    assertThat(sizing.namesForInstances()).isEqualTo(1);
    assertThat(sizing.names()).isEqualTo(12);
    assertThat(sizing.replicasOfName()).isEqualTo(84);
    assertThat(sizing.threads()).isEqualTo(12);
    assertThat(sizing.processes()).isEqualTo(3);
    assertThat(sizing.partitions()).isEqualTo(64);
  }

  @Test
  void aModelOfMoreInstancesThanAWindowNamesIsSplit() {
    Sizing sizing = new Sizing(load(1, 4_097, 1, 60), COSTS);

    assertThat(sizing.namesForRate()).isEqualTo(1);
    assertThat(sizing.names()).isEqualTo(3);
    assertThat(sizing.threads()).isEqualTo(1);
  }

  @Test
  void severalNamesShareAThread() {
    // 1,200 summaries a second each: 16 fit into 20,000.
    assertThat(new Sizing(load(32, 1, 400, 1), COSTS).threads()).isEqualTo(2);
    assertThat(new Sizing(load(33, 1, 400, 1), COSTS).threads()).isEqualTo(3);
  }

  @Test
  void aLongGraceKeepsMoreWindowsOpen() {
    assertThat(load(1, 1, 1, 5).openWindows()).isEqualTo(2);
    Load patient =
        new Load(1, 1, 1, 1, seconds(5), seconds(60), seconds(120), seconds(60), 1, 1, 1);
    assertThat(patient.openWindows()).isEqualTo(4);
  }

  @Test
  void costsAreReadAsTheyAreWritten() throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(COSTS.text()));

    assertThat(Costs.of(properties)).isEqualTo(COSTS);
    assertThat(Costs.measured().summariesPerSecond()).isGreaterThan(1_000);
  }

  @Test
  void jsonHasTheSameNumbers() throws IOException {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new SizeCommand())
            .setOut(new PrintWriter(out))
            .execute("--layers", "80", "--replicas", "100", "--output", "json");

    assertThat(code).isZero();
    JsonNode all = new ObjectMapper().readTree(out.toString());
    assertThat(all.at("/sources").asLong()).isEqualTo(24_000);
    assertThat(all.at("/topics/activation-summaries/recordsPerSecond").asDouble())
        .isEqualTo(24_000);
    assertThat(all.at("/costs/machine").asText()).isEqualTo(Costs.measured().machine());
  }

  private static Load load(int models, int replicas, int layers, int flushSeconds) {
    return new Load(
        models,
        3,
        layers,
        replicas,
        seconds(flushSeconds),
        seconds(60),
        seconds(30),
        Duration.ofDays(7),
        3,
        4,
        0.5);
  }

  private static Duration seconds(long seconds) {
    return Duration.ofSeconds(seconds);
  }
}
