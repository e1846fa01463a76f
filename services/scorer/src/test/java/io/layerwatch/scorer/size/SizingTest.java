package io.layerwatch.scorer.size;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The calculator, by sums made by hand at round costs. */
class SizingTest {

  /** Half of a thread is 20,000 summaries a second. */
  private static final Costs COSTS =
      new Costs("a machine", 40_000, 10, 300, 20, 400, 100, 1_000, 50e6, 200e6, 3, 50e6);

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
    // Four threads' clients; two open windows of 400 bytes and a track of 100 for each source,
    // 1,000 for each of 240 keys.
    assertThat(sizing.stateBytes()).isEqualTo(24_000 * 900.0 + 240 * 1_000.0);
    assertThat(sizing.heapOfProcess()).isEqualTo(50e6 + 4 * 82e6 + 2 * 21_840_000);
    assertThat(sizing.memoryOfProcess()).isEqualTo(250e6 + 4 * 82e6 + 2 * 21_840_000);
    // 240 keys of 300 µs, 24,000 sources of 20.
    assertThat(sizing.closingSeconds()).isCloseTo(0.072 + 0.48, within(1e-9));
    Sizing.Traffic summaries = sizing.traffic().get(0);
    assertThat(summaries.recordsPerSecond()).isEqualTo(4_800);
    assertThat(summaries.bytesPerDay())
        .isCloseTo(4_800 * RecordSizes.summary() * 86_400, within(1.0));
    assertThat(summaries.keptBytes()).isCloseTo(summaries.bytesPerDay() * 7 * 3, within(100.0));
    // 3 sites, a window a minute.
    assertThat(sizing.traffic().get(1).recordsPerSecond()).isCloseTo(0.05, within(1e-9));
  }

  @Test
  void everyStoreHasItsChangelog() {
    Sizing.Traffic changelogs = new Sizing(load(1, 100, 80, 5), COSTS).traffic().get(2);

    // Five seconds' flushes of 300 reports, 100 clocks and a model's progress; a minute's tracks
    // and deletions of 300, and drift of 3 sites.
    assertThat(changelogs.recordsPerSecond()).isCloseTo(60 + 20 + 0.2 + 5 + 5 + 0.05, within(1e-9));
    double bytes =
        60 * RecordSizes.report(80)
            + 20 * RecordSizes.clock()
            + 0.2 * RecordSizes.progress()
            + 5 * (RecordSizes.tracks(80) + RecordSizes.tombstone())
            + 0.05 * RecordSizes.drift(80);
    assertThat(changelogs.bytesPerSecond()).isCloseTo(bytes, within(1e-6));

    // Two windows' reports; tombstones of six hours; twice all, in case it is due for compaction.
    double live =
        600 * RecordSizes.report(80)
            + 5 * 21_600 * RecordSizes.tombstone()
            + 300 * RecordSizes.tracks(80)
            + 100 * RecordSizes.clock()
            + RecordSizes.progress()
            + 3 * RecordSizes.drift(80);
    // Segments of 64 MiB fill within a week in 4 partitions, but for those of progress and drift.
    double active =
        3 * 4 * (64 << 20)
            + 604_800 * (0.2 * RecordSizes.progress() + 0.05 * RecordSizes.drift(80));
    assertThat(changelogs.keptBytes()).isCloseTo(3 * (2 * live + active), within(1.0));
  }

  @Test
  void changelogsDoNotHaveEveryFlush() {
    Sizing.Traffic changelogs = new Sizing(load(1, 50, 80, 1), COSTS).traffic().get(2);

    // By the clock once in five seconds, and twice for each window of a minute.
    double commits = 1 / 5.0 + 2 / 60.0;
    assertThat(changelogs.recordsPerSecond())
        .isCloseTo(commits * (150 + 50 + 1) + 2.5 + 2.5 + 0.05, within(1e-9));
  }

  @Test
  void aModelThatOneThreadCannotCarryIsSplit() {
    Sizing sizing = new Sizing(load(1, 1_000, 80, 1), COSTS);

    // 240 summaries a second of each: 83 replicas fit into half of a thread.
    assertThat(sizing.namesForRate()).isEqualTo(13);
    assertThat(sizing.namesForInstances()).isEqualTo(1);
    assertThat(sizing.names()).isEqualTo(13);
    assertThat(sizing.replicasOfName()).isEqualTo(77);
    assertThat(sizing.threads()).isEqualTo(13);
    assertThat(sizing.processes()).isEqualTo(4);
    assertThat(sizing.partitions()).isEqualTo(64);
  }

  @Test
  void noNameHasMoreThanAThreadsShareWhereReplicasAreFew() {
    // 900 summaries a second of each: one fits into 1,500, two do not.
    Sizing sizing =
        new Sizing(load(1, 3, 300, 1), new Costs("", 3_000, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1));

    assertThat(sizing.names()).isEqualTo(3);
    assertThat(sizing.threads()).isEqualTo(3);
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

  @ParameterizedTest
  @CsvSource({
    "--layers, 0, '--layers: expected 1 to 512, got 0'",
    "--layers, 513, '--layers: expected 1 to 512, got 513'",
    "--replicas, 1000001, '--replicas: expected 1 to 1000000, got 1000001'",
    "--window, 0s, '--window: expected a millisecond or more, got 0s'",
    "--flush, 7s, '--flush: expected an interval that divides the window of 60s, got 7s'",
    "--flush, soon, 'expected a duration such as 90s, got \"soon\"'",
    "--share, 1.5, '--share: expected a number above 0 and at most 1, got 1.5'",
    "--output, xml, 'expected one of [text, json]'"
  })
  void whatCannotBeReckonedIsRefused(String option, String value, String problem) {
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new SizeCommand())
            .setOverwrittenOptionsAllowed(true)
            .setErr(new PrintWriter(err))
            .execute("--layers", "80", "--replicas", "100", option, value);

    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains(problem);
  }

  @Test
  void oneReplicaThatIsTooMuchForAThreadIsSaid() {
    Sizing sizing =
        new Sizing(load(1, 10, 512, 1), new Costs("", 3_000, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1));

    assertThat(SizingText.table(sizing)).contains("one replica alone sends more than the 1,500");
  }

  @Test
  void costsAreReadAsTheyAreWritten() throws IOException {
    Properties properties = new Properties();
    properties.load(new StringReader(COSTS.text()));

    assertThat(Costs.of(properties)).isEqualTo(COSTS);
  }

  @Test
  void costsAreThoseOfTheGrowthPage() throws IOException {
    JsonNode growth = new ObjectMapper().readTree(Path.of("../../docs/growth.json").toFile());

    // Written with two digits.
    Costs costs = Costs.measured();
    assertThat(costs.machine()).isEqualTo(growth.at("/costs/machine").asText());
    assertThat(costs.summariesPerSecond())
        .isCloseTo(growth.at("/costs/summariesPerSecond").asDouble(), within(0.5));
    assertThat(costs.restartSeconds())
        .isCloseTo(growth.at("/costs/restartSeconds").asDouble(), within(0.005));
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
