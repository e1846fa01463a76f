package io.layerwatch.scorer;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.statistics.LayerStatistics;
import io.layerwatch.analysis.statistics.Moments;
import io.layerwatch.analysis.statistics.NearZeroLadder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What one instance saw of one model at one site in ten seconds, as the activations themselves.
 *
 * @param slot which ten seconds; six make a window
 * @param prefilled whether the tokens are one sequence; they are decoded ones otherwise
 * @param tokens none make a heartbeat
 * @param delayed whether it arrives after the instance's next ten seconds, within the grace; what
 *     opens a window never does
 */
record Flush(
    String model,
    String host,
    int slot,
    String site,
    boolean prefilled,
    List<Token> tokens,
    boolean delayed,
    Again again) {

  static final int LAYERS = 2;
  static final int SLOTS_OF_WINDOW = 6;
  static final double[] LADDER = {0.001, 0.01, 0.1};

  private static final int SECONDS = 10;

  /** When the same records arrive a second time, as after a retry. */
  enum Again {
    NEVER,
    AT_ONCE,
    AFTER_CLOSING
  }

  /** One token: for each layer its activations; the cosine of a block's input and output. */
  record Token(List<List<Float>> layers, double cosine) {

    double[] activations(int layer) {
      return layers.get(layer).stream().mapToDouble(Float::doubleValue).toArray();
    }

    @Override
    public String toString() {
      return layers + " cos " + cosine;
    }
  }

  static Flush heartbeat(String model, String host, int slot) {
    return new Flush(model, host, slot, "block-output", false, List.of(), false, Again.NEVER);
  }

  int window() {
    return slot / SLOTS_OF_WINDOW;
  }

  /** A summary for each layer, merged token by token as instances do. */
  List<ActivationSummary> summaries() {
    Instant start = Instant.ofEpochSecond((long) slot * SECONDS);
    List<ActivationSummary> summaries = new ArrayList<>();
    for (int layer = 0; layer < LAYERS; layer++) {
      summaries.add(
          new ActivationSummary(
              ModelId.parse(model),
              new ModelShape(LAYERS, 10, 100, 5, 50),
              site,
              layer,
              host,
              0,
              0,
              new TimeWindow(start, start.plusSeconds(SECONDS)),
              statistics(layer)));
    }
    return summaries;
  }

  private LayerStatistics statistics(int layer) {
    LayerStatistics merged = LayerStatistics.empty(LADDER);
    for (int i = 0; i < tokens.size(); i++) {
      boolean ends = prefilled && i == 0;
      double[] values = tokens.get(i).activations(layer);
      Moments moments = Moments.of(values);
      merged =
          merged.merge(
              new LayerStatistics(
                  1,
                  ends ? 1 : 0,
                  moments,
                  values.length - moments.count(),
                  NearZeroLadder.of(LADDER, values),
                  ends ? Offline.pooledVariance(this, layer).doubleValue() : 0,
                  tokens.get(i).cosine()));
    }
    return merged;
  }

  @Override
  public String toString() {
    return model
        + " "
        + host
        + " second "
        + slot * SECONDS
        + " "
        + site
        + (delayed ? ", delayed" : "")
        + (again == Again.NEVER ? "" : ", again " + again)
        + (tokens.isEmpty() ? ": nothing" : prefilled ? ": prefilled" : ": decoded")
        + tokens.stream().map(token -> "\n    " + token).collect(Collectors.joining());
  }
}
