package io.layerwatch.benchmarks.study;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.evaluation.PruningEffect;
import io.layerwatch.instrumentation.analyze.OfflineAnalysis;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.ActivationProbe;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A model on one kind of traffic: every other sequence gives the scores, the rest the measurements.
 *
 * @param count layers to remove
 * @param random sets drawn at random, to take the mean of
 */
record Study(LanguageModel model, int count, int random) {

  private static final double[] THRESHOLDS = {1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
  private static final double THRESHOLD = 1e-2;
  private static final int MOST_SETS = 1_000;

  StudyCase of(String traffic, List<int[]> sequences) {
    OfflineAnalysis analysis =
        new OfflineAnalysis(model, new ActivationProbe(List.of(Site.values()), THRESHOLDS));
    List<int[]> measured = new ArrayList<>();
    for (int i = 0; i < sequences.size(); i++) {
      if (i % 2 == 0) {
        analysis.add(sequences.get(i));
      } else {
        measured.add(sequences.get(i));
      }
    }
    RemovalMeasurements measurements = new RemovalMeasurements(model, measured);
    List<List<Integer>> single = IntStream.range(0, layers()).mapToObj(List::of).toList();
    measurements.measure("single layers", single);
    List<Double> damage = single.stream().map(measurements::damage).toList();
    List<Removal> removals = new ArrayList<>();
    removals.addAll(byScores(StudiedRanking.of(analysis, THRESHOLD), damage, measurements));
    removals.add(atRandom(measurements));
    long sets = Subsets.count(layers(), count);
    if (sets <= MOST_SETS) {
      removals.add(best(Subsets.of(layers(), count), measurements));
    }
    return new StudyCase(
        model.id().name(),
        traffic,
        analysis.tokens(),
        measurements.full(),
        damage,
        removals,
        sets > MOST_SETS ? sets : 0);
  }

  private int layers() {
    return model.config().layerCount();
  }

  private List<Removal> byScores(
      List<StudiedRanking> rankings, List<Double> damages, RemovalMeasurements measurements) {
    double[] damage = damages.stream().mapToDouble(Double::doubleValue).toArray();
    Map<String, List<Integer>> sets = new LinkedHashMap<>();
    Map<String, OptionalDouble> correlations = new LinkedHashMap<>();
    for (StudiedRanking ranking : rankings) {
      sets.put(ranking.label(), ranking.lowest(count));
      correlations.put(
          ranking.label(), OptionalDouble.of(RankCorrelation.of(ranking.scores(), damage)));
    }
    sets.put("the least harmful by themselves", new StudiedRanking("", damage).lowest(count));
    sets.put("the last", IntStream.range(layers() - count, layers()).boxed().toList());
    measurements.measure("rankings", sets.values());
    return sets.entrySet().stream()
        .map(
            set ->
                Removal.of(
                    set.getKey(),
                    correlations.getOrDefault(set.getKey(), OptionalDouble.empty()),
                    measurements.effect(set.getValue())))
        .toList();
  }

  private Removal atRandom(RemovalMeasurements measurements) {
    Random drawn = new Random(1);
    List<List<Integer>> sets = new ArrayList<>();
    for (int i = 0; i < random; i++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, layers()).boxed().toList());
      Collections.shuffle(order, drawn);
      sets.add(order.subList(0, count).stream().sorted().toList());
    }
    measurements.measure("random removals", sets);
    return Removal.mean(
        "at random, mean of " + random, sets.stream().map(measurements::effect).toList());
  }

  private static Removal best(List<List<Integer>> sets, RemovalMeasurements measurements) {
    measurements.measure("all sets", sets);
    PruningEffect best =
        sets.stream()
            .map(measurements::effect)
            .max(Comparator.comparingDouble(PruningEffect::accuracyRetained))
            .orElseThrow();
    return Removal.of("the best of all sets", OptionalDouble.empty(), best);
  }
}
