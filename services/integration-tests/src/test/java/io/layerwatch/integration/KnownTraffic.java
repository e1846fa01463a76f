package io.layerwatch.integration;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Activations of several models, at two sites, seen by two instances each. Every one of them is
 * kept, so that a window can be computed in one pass from all that belongs to it: the batch result.
 * Not safe for use by several threads.
 */
final class KnownTraffic {

  static final Duration INTERVAL = Duration.ofMillis(250);
  static final Duration WINDOW = Duration.ofSeconds(1);
  static final Duration GRACE = Duration.ofMillis(500);

  static final List<Site> SITES = List.of(Site.BLOCK_OUTPUT, Site.RELATIVE_CONTRIBUTION);
  static final double[] LADDER = {0.001, 0.01, 0.1};

  private static final int MODELS = 4;
  private static final int UNITS = 4;

  /** Each model and site has a result of its own. */
  static final int RESULTS_PER_WINDOW = MODELS * SITES.size();

  /** Long ago: event time owes nothing to this machine's clock. */
  final Instant start = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(400, ChronoUnit.DAYS);

  private final Random random;
  private final Map<String, Map<Integer, Activations>> seen = new TreeMap<>();

  KnownTraffic(long seed) {
    random = new Random(seed);
  }

  /** Who sees activations of which model. */
  record Source(ModelId model, ModelShape shape, String instance) {}

  static List<Source> sources() {
    return IntStream.range(0, MODELS)
        .boxed()
        .flatMap(
            number ->
                Stream.of("host-1", "host-2")
                    .map(
                        instance ->
                            new Source(
                                new ModelId("model-" + number, "r1"),
                                new ModelShape(2 + number % 2, 10, 100, 5, 50),
                                instance)))
        .toList();
  }

  static TimeWindow window(Instant time) {
    return TimeWindow.of(time, WINDOW);
  }

  /** What identifies a window's result, in words. */
  static String name(ModelId model, String site, TimeWindow window) {
    return model + " " + site + " " + window.start();
  }

  /** Some tokens that the source sees at that time, or now and then none. */
  Map<Site, List<LayerStatistics>> observe(Source source, Instant time) {
    int tokens = random.nextInt(5) == 0 ? 0 : 1 + random.nextInt(3);
    Map<Site, List<LayerStatistics>> observed = new EnumMap<>(Site.class);
    for (Site site : SITES) {
      String name = name(source.model(), site.id(), window(time));
      List<LayerStatistics> layers = new ArrayList<>();
      for (int layer = 0; layer < source.shape().layerCount(); layer++) {
        Activations own = Activations.draw(random, tokens, 0.1 * (layer + 1));
        seen.computeIfAbsent(name, key -> new TreeMap<>())
            .computeIfAbsent(layer, key -> new Activations())
            .add(own);
        layers.add(own.statistics());
      }
      observed.put(site, layers);
    }
    return observed;
  }

  /** All windows, each computed in one pass over its activations; layers in order. */
  Map<String, List<LayerStatistics>> batch() {
    Map<String, List<LayerStatistics>> windows = new TreeMap<>();
    seen.forEach(
        (name, layers) ->
            windows.put(name, layers.values().stream().map(Activations::statistics).toList()));
    return windows;
  }

  /** Layer tokens of each model in those windows. */
  static Map<String, Long> layerTokens(Map<String, List<LayerStatistics>> windows) {
    Map<String, Long> tokens = new TreeMap<>();
    windows.forEach(
        (name, layers) ->
            tokens.merge(
                name.substring(0, name.indexOf(' ')),
                layers.stream().mapToLong(LayerStatistics::tokens).sum(),
                Long::sum));
    return tokens;
  }

  /** Activations of one layer, one by one. */
  private static final class Activations {
    private final List<Double> values = new ArrayList<>();
    private long tokens;
    private long sequences;
    private double pooledVarianceSum;
    private double cosineSum;

    static Activations draw(Random random, int tokens, double spread) {
      Activations drawn = new Activations();
      drawn.tokens = tokens;
      random.doubles((long) UNITS * tokens).forEach(u -> drawn.values.add(0.3 + spread * (u - 2)));
      if (tokens > 1) {
        drawn.sequences = 1;
        drawn.pooledVarianceSum = random.nextDouble();
      }
      drawn.cosineSum = random.nextDouble() * tokens;
      return drawn;
    }

    void add(Activations more) {
      values.addAll(more.values);
      tokens += more.tokens;
      sequences += more.sequences;
      pooledVarianceSum += more.pooledVarianceSum;
      cosineSum += more.cosineSum;
    }

    LayerStatistics statistics() {
      double[] all = values.stream().mapToDouble(Double::doubleValue).toArray();
      return new LayerStatistics(
          tokens,
          sequences,
          Moments.of(all),
          0,
          NearZeroLadder.of(LADDER, all),
          pooledVarianceSum,
          cosineSum);
    }
  }
}
