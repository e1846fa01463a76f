package io.layerwatch.scorer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.scorer.Flush.Again;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.kafka.common.utils.Utils;

/**
 * However activations are split into summaries, instances and partitions, in whatever order they
 * arrive and however often, closed windows say what one computation over all of them says.
 */
class OfflineEqualityProperties {

  /** Relative; for means up to 1e5 standard deviations from zero. */
  private static final double TOLERANCE = 1e-9;

  private static final double THRESHOLD = ScorerHarness.SETTINGS.sparsityThreshold();

  @Provide
  Arbitrary<Scenario> scenarios() {
    return Scenarios.any();
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void windowsAndLedgerEqualTheOfflineResult(@ForAll("scenarios") Scenario scenario) {
    Map<Integer, ScorerHarness> tasks = new TreeMap<>();
    try {
      for (ActivationSummary summary : scenario.arrivals()) {
        task(tasks, scenario, summary.model().key()).sendAsIs(summary);
      }
      List<ModelScores> published = new ArrayList<>();
      for (ScorerHarness task : tasks.values()) {
        task.pass(1);
        published.addAll(task.published());
        assertThat(task.reasons()).isEmpty();
      }
      assertWindows(published, scenario);
      scenario.said().stream()
          .map(Flush::model)
          .distinct()
          .forEach(model -> assertLedger(task(tasks, scenario, model), model, scenario));
    } finally {
      tasks.values().forEach(ScorerHarness::close);
    }
  }

  /** Each partition has a task of its own; a model's is where any client's partitioner puts it. */
  private static ScorerHarness task(
      Map<Integer, ScorerHarness> tasks, Scenario scenario, String model) {
    int hash = Utils.toPositive(Utils.murmur2(model.getBytes(StandardCharsets.UTF_8)));
    return tasks.computeIfAbsent(hash % scenario.partitions(), partition -> new ScorerHarness());
  }

  private static void assertLedger(ScorerHarness task, String model, Scenario scenario) {
    List<Flush> own =
        scenario.said().stream().filter(flush -> flush.model().equals(model)).toList();
    Map<String, Double> expected = new LinkedHashMap<>();
    double all = layerTokens(own);
    expected.put("claimed", all);
    expected.put("scored", all);
    expected.put("late", 0.0);
    expected.put("missing", 0.0);
    expected.put("waiting", 0.0);
    expected.put(
        "duplicate",
        layerTokens(own.stream().filter(flush -> flush.again() != Again.NEVER).toList()));
    Map<String, Double> actual = new LinkedHashMap<>();
    expected.keySet().forEach(entry -> actual.put(entry, task.ledger(model, entry)));
    assertThat(actual).as("the ledger of " + model).isEqualTo(expected);
  }

  private static double layerTokens(List<Flush> flushes) {
    return Flush.LAYERS * flushes.stream().mapToInt(flush -> flush.tokens().size()).sum();
  }

  private static void assertWindows(List<ModelScores> published, Scenario scenario) {
    Map<String, List<Flush>> expected =
        scenario.said().stream()
            .collect(
                Collectors.groupingBy(
                    flush -> windowOf(flush.model(), flush.window() * 60L) + " " + flush.site(),
                    TreeMap::new,
                    Collectors.toList()));
    assertThat(published)
        .extracting(OfflineEqualityProperties::nameOf)
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
    for (ModelScores scores : published) {
      List<Flush> flushes = expected.get(nameOf(scores));
      assertThat(scores.instances())
          .as("the instances of " + nameOf(scores))
          .containsExactlyElementsOf(hostsBeside(flushes.get(0), scenario));
      boolean tokens = flushes.stream().anyMatch(flush -> !flush.tokens().isEmpty());
      assertThat(scores.incompleteReason().orElse("complete"))
          .as("what is said to lack of " + nameOf(scores))
          .isEqualTo(tokens ? "complete" : "no token was seen");
      assertLayers(scores, flushes);
    }
  }

  private static List<String> hostsBeside(Flush any, Scenario scenario) {
    return scenario.said().stream()
        .filter(flush -> flush.model().equals(any.model()) && flush.window() == any.window())
        .map(Flush::host)
        .distinct()
        .sorted()
        .toList();
  }

  static void assertLayers(ModelScores scores, List<Flush> flushes) {
    List<Offline> offline =
        IntStream.range(0, Flush.LAYERS).mapToObj(layer -> new Offline(flushes, layer)).toList();
    assertThat(scores.layers()).hasSameSizeAs(offline);
    for (Offline expected : offline) {
      String where = nameOf(scores) + " layer " + expected.layer() + ": ";
      LayerScore actual = scores.layers().get(expected.layer());
      assertStatistics(where, actual.statistics(), expected);
      assertClose(where + "AVSS", actual.avss().score(), expected.avss(THRESHOLD), expected);
      assertClose(
          where + "pooled AVSS",
          actual.avss().pooledScore(),
          expected.pooledAvss(THRESHOLD),
          TOLERANCE);
    }
    assertNormalised(scores, offline);
  }

  private static void assertStatistics(String where, LayerStatistics actual, Offline expected) {
    var moments = actual.moments();
    assertThat(actual.tokens()).as(where + "tokens").isEqualTo(expected.tokens().size());
    assertThat(actual.sequences()).as(where + "sequences").isEqualTo(expected.sequences());
    assertThat(moments.count()).as(where + "count").isEqualTo(expected.count());
    assertThat(actual.nonFinite()).as(where + "non-finite").isEqualTo(expected.nonFinite());
    assertThat(moments.min()).as(where + "min").isEqualTo(expected.min());
    assertThat(moments.max()).as(where + "max").isEqualTo(expected.max());
    if (!expected.tokens().isEmpty()) {
      for (double threshold : Flush.LADDER) {
        assertThat(actual.nearZero().countBelow(threshold))
            .as(where + "near zero, " + threshold)
            .hasValue(expected.nearZero(threshold));
      }
      assertThat(actual.sparsity(THRESHOLD))
          .as(where + "sparsity")
          .isEqualTo(expected.sparsity(THRESHOLD));
    }
    double deviation = Math.sqrt(expected.variance());
    assertThat(moments.mean())
        .as(where + "mean")
        .isCloseTo(
            expected.mean(),
            within(Math.max(TOLERANCE * deviation, 1e-14 * Math.abs(expected.mean()))));
    assertThat(moments.variance())
        .as(where + "variance")
        .isCloseTo(expected.variance(), within(tolerance(expected) * expected.variance()));
    assertClose(
        where + "block influence", actual.blockInfluence(), expected.blockInfluence(), TOLERANCE);
  }

  private static void assertNormalised(ModelScores scores, List<Offline> offline) {
    double sum = offline.stream().mapToDouble(layer -> layer.avss(THRESHOLD).orElse(0)).sum();
    boolean defined =
        sum > 0 && offline.stream().allMatch(layer -> layer.avss(THRESHOLD).isPresent());
    double tolerance =
        2 * offline.stream().mapToDouble(OfflineEqualityProperties::tolerance).max().orElse(0);
    for (Offline layer : offline) {
      assertClose(
          nameOf(scores) + " layer " + layer.layer() + ": normalised AVSS",
          scores.layers().get(layer.layer()).normalizedAvss(),
          defined
              ? OptionalDouble.of(layer.avss(THRESHOLD).orElseThrow() / sum)
              : OptionalDouble.empty(),
          tolerance);
    }
  }

  /** Further from zero, the means lack the digits that the variance would need. */
  private static double tolerance(Offline layer) {
    double deviation = Math.sqrt(layer.variance());
    return deviation == 0
        ? TOLERANCE
        : Math.max(TOLERANCE, 1e-14 * Math.abs(layer.mean()) / deviation);
  }

  private static void assertClose(
      String what, OptionalDouble actual, OptionalDouble expected, Offline layer) {
    assertClose(what, actual, expected, tolerance(layer));
  }

  private static void assertClose(
      String what, OptionalDouble actual, OptionalDouble expected, double tolerance) {
    assertThat(actual.isPresent()).as(what + " is defined").isEqualTo(expected.isPresent());
    if (expected.isPresent()) {
      assertThat(actual.getAsDouble())
          .as(what)
          .isCloseTo(expected.getAsDouble(), within(tolerance * Math.abs(expected.getAsDouble())));
    }
  }

  static String nameOf(ModelScores scores) {
    return windowOf(scores.model().key(), scores.window().start().getEpochSecond())
        + " "
        + scores.site();
  }

  private static String windowOf(String model, long second) {
    return model + " from second " + second;
  }
}
