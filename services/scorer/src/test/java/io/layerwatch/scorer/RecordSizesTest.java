package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.drift.Baseline;
import io.layerwatch.analysis.drift.DriftCriteria;
import io.layerwatch.analysis.drift.DriftState;
import io.layerwatch.analysis.drift.ScoreWatch;
import io.layerwatch.analysis.drift.WatchedScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import io.layerwatch.runtime.topics.Topic;
import io.layerwatch.scorer.size.RecordSizes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sizes that the calculator takes are those of records as they are written. */
class RecordSizesTest {

  private static final ModelId MODEL = new ModelId("organisation/model-70b-chat-1", "3f9c1c7ab0d2");
  private static final SummarySource SOURCE = source(0);
  private static final TimeWindow WINDOW =
      new TimeWindow(Instant.ofEpochSecond(1_790_000_040), Instant.ofEpochSecond(1_790_000_100));

  private final ScorerHarness scorer = new ScorerHarness(WINDOW.start());

  @AfterEach
  void close() {
    scorer.close();
  }

  @Test
  void ofASummary() {
    hold(
        RecordSizes.summary(),
        bytes(scorer.topics.activationSummaries(), summary(SOURCE, 126, 70, 0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 126})
  void ofScores(int layers) {
    for (int instances : new int[] {1, 1_000}) {
      WindowMerge window = new WindowMerge(WINDOW);
      for (int instance = 0; instance < instances; instance++) {
        window.add(report(source(instance), layers));
      }
      ModelScores scores = window.scores(List.of(), 0.01).get(0);
      hold(RecordSizes.scores(layers, instances), bytes(scorer.topics.layerScores(), scores));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 126})
  void ofTheState(int layers) {
    WindowReport report = report(SOURCE, layers);
    int key = ReportKey.of(MODEL.key(), WINDOW.start().toEpochMilli(), SOURCE).get().length;
    int value = WindowReportSerde.serde().serializer().serialize("", report).length;
    hold(RecordSizes.report(layers), key + value);
    hold(RecordSizes.tombstone(), key);

    ByLayer<SequenceTrack> tracks = new ByLayer<>();
    report
        .contributions()
        .forEach((layer, each) -> tracks.put(layer, SequenceTrack.START.add(each)));
    int track = SequenceTracks.serde().serializer().serialize("", tracks).length;
    hold(RecordSizes.tracks(layers), SOURCE.key(MODEL.key()).length() + track);
  }

  @Test
  void ofAClock() {
    int clock = InstanceClock.serde().serializer().serialize("", InstanceClock.of(WINDOW)).length;
    hold(RecordSizes.clock(), MODEL.key().length() + 1 + SOURCE.instance().length() + clock);
  }

  @Test
  void ofAModelsProgress() {
    int progress = ModelProgress.serde().serializer().serialize("", ModelProgress.START).length;
    hold(RecordSizes.progress(), MODEL.key().length() + progress);
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 126})
  void ofDrift(int layers) {
    SortedMap<WatchedScore, ScoreWatch> watches = new TreeMap<>();
    for (int layer = 0; layer < layers; layer++) {
      for (Ranking score : DriftCriteria.DEFAULT.scores()) {
        Baseline baseline = new Baseline(DriftCriteria.DEFAULT.baselineWindows(), 0, 1);
        watches.put(new WatchedScore(layer, score), new ScoreWatch.Steady(baseline, 0, 0));
      }
    }
    StoredDrift drift = new StoredDrift(0, new DriftState(layers, 0.01, watches, new TreeMap<>()));
    int value = StoredDrift.serde().serializer().serialize("", drift).length;
    hold(RecordSizes.drift(layers), MODEL.key().length() + 1 + SOURCE.site().length() + value);
  }

  private static void hold(double reckoned, int written) {
    assertThat(reckoned).isCloseTo(written + RecordSizes.OF_KAFKA, withinPercentage(3));
  }

  private static <T> int bytes(Topic<T> topic, T record) {
    return MODEL.key().getBytes(StandardCharsets.UTF_8).length
        + topic.serde().serializer().serialize(topic.name(), record).length;
  }

  private static SummarySource source(int instance) {
    return new SummarySource(
        "model-server-7c9f6d5b8-" + (10_000 + instance) + "-1790000000000",
        "relative-contribution");
  }

  /** A window of six flushes, numbered as those of an instance that has run for a week. */
  private static WindowReport report(SummarySource source, int layers) {
    WindowReport report = new WindowReport(MODEL, shape(layers), source, WINDOW);
    for (int flush = 0; flush < 6; flush++) {
      for (int layer = 0; layer < layers; layer++) {
        report.add(summary(source, layers, layer, flush));
      }
    }
    return report;
  }

  private static ActivationSummary summary(SummarySource source, int layers, int layer, int flush) {
    Instant start = WINDOW.start().plusSeconds(10L * flush);
    long number = 60_480L + flush;
    long tokens = 4_000;
    long count = tokens * 8_192;
    long[] nearZero = {count / 90_000, count / 9_000, count / 900, count / 90, count / 9};
    return new ActivationSummary(
        MODEL,
        shape(layers),
        source.site(),
        layer,
        source.instance(),
        number,
        number * tokens,
        new TimeWindow(start, start.plusSeconds(10)),
        new LayerStatistics(
            tokens,
            37,
            new Moments(count, 1e-3 * (layer + 1), 0.7318 * count, -41.25, 39.5),
            0,
            new NearZeroLadder(new double[] {1e-5, 1e-4, 1e-3, 1e-2, 1e-1}, nearZero),
            37 * 0.7291,
            0.9312 * tokens));
  }

  private static ModelShape shape(int layers) {
    return new ModelShape(layers, 855_654_400L, 70_553_706_496L, 855_638_016L, 69_501_714_432L);
  }
}
