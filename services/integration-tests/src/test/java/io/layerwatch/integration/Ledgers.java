package io.layerwatch.integration;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ledgers that scorers show, as a scrape of their metrics finds them. */
final class Ledgers {

  private static final Pattern LINE =
      Pattern.compile(
          "layerwatch_scorer_ledger_layer_tokens\\{entry=\"(\\w+)\",model=\"([^\"]+)\","
              + "revision=\"([^\"]+)\"} (\\S+)");

  private Ledgers() {}

  /** What they are when nothing was lost: all is scored, or waits in windows that are open. */
  static Map<String, Map<String, Long>> balanced(
      Map<String, List<LayerStatistics>> closed, Map<String, List<LayerStatistics>> all) {
    Map<String, Long> scored = KnownTraffic.layerTokens(closed);
    Map<String, Map<String, Long>> ledgers = new TreeMap<>();
    KnownTraffic.layerTokens(all)
        .forEach(
            (model, tokens) ->
                ledgers.put(
                    model,
                    Map.of(
                        "claimed",
                        scored.get(model),
                        "scored",
                        scored.get(model),
                        "waiting",
                        tokens - scored.get(model),
                        "late",
                        0L,
                        "missing",
                        0L,
                        "duplicate",
                        0L)));
    return ledgers;
  }

  /** Entries of each model; it fails where two scorers show a model. */
  static Map<String, Map<String, Long>> of(List<String> scrapes) {
    Map<String, Map<String, Long>> ledgers = new TreeMap<>();
    for (String scrape : scrapes) {
      Matcher line = LINE.matcher(scrape);
      while (line.find()) {
        String model = new ModelId(line.group(2), line.group(3)).key();
        Long before =
            ledgers
                .computeIfAbsent(model, key -> new TreeMap<>())
                .put(line.group(1), (long) Double.parseDouble(line.group(4)));
        if (before != null) {
          throw new AssertionError(model + " is shown by two scorers");
        }
      }
    }
    return ledgers;
  }
}
