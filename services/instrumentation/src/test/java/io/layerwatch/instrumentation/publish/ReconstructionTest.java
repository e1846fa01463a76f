package io.layerwatch.instrumentation.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.instrumentation.analyze.OfflineAnalysis;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.publish.SummaryAccumulator.Interval;
import io.layerwatch.instrumentation.publish.TokenMinimum.Released;
import io.layerwatch.probe.ActivationProbe;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What somebody who has the model can tell of prompts by what is published of them: everything,
 * where single tokens are published; by the same means hardly anything at the default. The prompts
 * are random tokens, so nothing can be guessed from context. That these attacks fail does not prove
 * that none succeeds.
 */
class ReconstructionTest {

  private static final Path DEMO = Path.of("../standalone/demo/shakespeare-12l");
  private static final double[] LADDER = {1e-3, 1e-2, 1e-1};
  private static final int DEFAULT = 32;
  private static final int PROMPTS = 60;
  private static final int BAGS = 200;

  private static LanguageModel model;
  private static List<List<LayerStatistics>> tokens;
  private final Random random = new Random(1);

  @BeforeAll
  static void learnEveryToken() {
    model = LanguageModel.load(LanguageModel.Source.of(DEMO));
    tokens =
        IntStream.range(0, model.config().vocabularySize())
            .mapToObj(token -> flat(observed(token)))
            .toList();
  }

  @AfterAll
  static void free() {
    model.close();
  }

  @Test
  void aSingleTokenIsToldByItsStatistics() {
    for (int token = 0; token < tokens.size(); token++) {
      List<LayerStatistics> summary = flat(released(1, token));
      assertThat(nearest(summary, tokens)).isEqualTo(token);
    }
  }

  @Test
  void atTheDefaultNothingIsPublishedOfAFewTokens() {
    Released released = release(DEFAULT, 65, 66, 67);
    assertThat(flat(released.interval().layersBySite())).allMatch(LayerStatistics::isEmpty);
    assertThat(released.withheldLayerTokens()).isEqualTo(3L * tokens.get(0).size());
  }

  /** Chance is the share of all tokens that are in the prompt. */
  @Test
  void atTheDefaultTheNearestTokenIsNoLikelierInThePrompt() {
    double chance = 0;
    int hits = 0;
    for (int[] prompt : prompts(PROMPTS)) {
      int guess = nearest(flat(released(DEFAULT, prompt)), tokens);
      hits += IntStream.of(prompt).anyMatch(token -> token == guess) ? 1 : 0;
      chance += IntStream.of(prompt).distinct().count() / (double) tokens.size();
    }
    System.out.printf("nearest token: %d of %d, by chance %.1f%n", hits, PROMPTS, chance);
    assertThat((double) hits).isLessThan(chance + 3 * Math.sqrt(chance));
  }

  /** Of many random prompts, the one with the nearest statistics shares no more tokens than any. */
  @Test
  void atTheDefaultARandomSearchFindsNoBetterBag() {
    List<int[]> bags = prompts(BAGS);
    List<List<LayerStatistics>> looks = bags.stream().map(bag -> flat(observed(bag))).toList();
    double found = 0;
    double chance = 0;
    for (int[] prompt : prompts(PROMPTS)) {
      int[] guess = bags.get(nearest(flat(released(DEFAULT, prompt)), looks));
      found += shared(guess, prompt);
      chance += bags.stream().mapToDouble(bag -> shared(bag, prompt)).average().orElseThrow();
    }
    System.out.printf("random search: %.0f tokens shared, by chance %.1f%n", found, chance);
    assertThat(found).isLessThan(chance + 4 * Math.sqrt(chance));
  }

  /** The first token depends on no other, and is the extreme at most layers. */
  @Test
  void exactExtremesWouldTellTheFirstTokenAndBroadOnesHardlyDo() {
    int exact = 0;
    int broad = 0;
    int broadForExact = 0;
    List<List<LayerStatistics>> broadTokens =
        tokens.stream().map(layers -> layers.stream().map(BroadExtremes::of).toList()).toList();
    for (int[] prompt : prompts(PROMPTS)) {
      exact += byExtremes(flat(observed(prompt)), tokens) == prompt[0] ? 1 : 0;
      List<LayerStatistics> published = flat(released(DEFAULT, prompt));
      broad += byExtremes(published, broadTokens) == prompt[0] ? 1 : 0;
      broadForExact += byExtremes(published, tokens) == prompt[0] ? 1 : 0;
    }
    System.out.printf("first token of %d: %d exact, %d broad%n", PROMPTS, exact, broad);
    assertThat(exact).isGreaterThan(PROMPTS / 2);
    assertThat(broad).isLessThan(PROMPTS / 10);
    assertThat(broadForExact).isLessThan(PROMPTS / 10);
  }

  /** The token that has most of the extremes, of those that pass none. */
  private static int byExtremes(
      List<LayerStatistics> summary, List<List<LayerStatistics>> candidates) {
    return best(
        candidates.size(),
        token -> {
          int passed = 0;
          int equal = 0;
          for (int i = 0; i < summary.size(); i++) {
            Moments all = summary.get(i).moments();
            Moments own = candidates.get(token).get(i).moments();
            double tolerance = 1e-4;
            passed += own.max() > all.max() + tolerance * Math.abs(all.max()) ? 1 : 0;
            passed += own.min() < all.min() - tolerance * Math.abs(all.min()) ? 1 : 0;
            equal += Math.abs(own.max() - all.max()) <= tolerance * Math.abs(all.max()) ? 1 : 0;
            equal += Math.abs(own.min() - all.min()) <= tolerance * Math.abs(all.min()) ? 1 : 0;
          }
          return equal - 10.0 * passed;
        });
  }

  private static int nearest(
      List<LayerStatistics> summary, List<List<LayerStatistics>> candidates) {
    return best(candidates.size(), i -> -distance(summary, candidates.get(i)));
  }

  private static int best(int count, ToDoubleFunction<Integer> score) {
    return IntStream.range(0, count).boxed().max(Comparator.comparingDouble(score)).orElseThrow();
  }

  /** Of means, in deviations, and of the logarithm of variances, over all layers and sites. */
  private static double distance(List<LayerStatistics> a, List<LayerStatistics> b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      Moments x = a.get(i).moments();
      Moments y = b.get(i).moments();
      double variance = x.m2() / x.count();
      double difference = x.mean() - y.mean();
      double ratio = Math.log(variance / (y.m2() / y.count()));
      sum += difference * difference / variance + ratio * ratio;
    }
    return sum;
  }

  private static long shared(int[] guess, int[] prompt) {
    return IntStream.of(guess)
        .filter(token -> IntStream.of(prompt).anyMatch(own -> own == token))
        .count();
  }

  private List<int[]> prompts(int count) {
    return Stream.generate(() -> random.ints(DEFAULT, 0, tokens.size()).toArray())
        .limit(count)
        .toList();
  }

  private static Map<Site, List<LayerStatistics>> released(int minimum, int... prompt) {
    return release(minimum, prompt).interval().layersBySite();
  }

  /** What is published of a window in which that prompt was all. */
  private static Released release(int minimum, int... prompt) {
    TokenMinimum gate = new TokenMinimum(minimum, Duration.ofSeconds(10));
    List<Released> released =
        new ArrayList<>(gate.add(new Interval(Intervals.of(100, 101, 0).time(), observed(prompt))));
    gate.end().ifPresent(released::add);
    assertThat(released).hasSize(1);
    return released.get(0);
  }

  private static Map<Site, List<LayerStatistics>> observed(int... prompt) {
    OfflineAnalysis analysis =
        new OfflineAnalysis(model, new ActivationProbe(List.of(Site.values()), LADDER));
    analysis.add(prompt);
    Map<Site, List<LayerStatistics>> layers = new EnumMap<>(Site.class);
    analysis
        .sites()
        .forEach(site -> layers.put(site, List.copyOf(analysis.statistics(site).values())));
    return layers;
  }

  private static List<LayerStatistics> flat(Map<Site, List<LayerStatistics>> layersBySite) {
    return Stream.of(Site.values()).flatMap(site -> layersBySite.get(site).stream()).toList();
  }
}
