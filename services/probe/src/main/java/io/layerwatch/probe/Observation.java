package io.layerwatch.probe;

import io.layerwatch.analysis.Site;
import io.layerwatch.analysis.statistics.LayerStatistics;
import java.util.List;
import java.util.Map;

/** What was seen of some tokens: the statistics of every layer, in order, by site. */
public record Observation(Map<Site, List<LayerStatistics>> layersBySite) {

  /** Tokens of every layer at every site, added up. */
  public long layerTokens() {
    return layersBySite.values().stream()
        .flatMap(List::stream)
        .mapToLong(LayerStatistics::tokens)
        .sum();
  }
}
