package io.layerwatch.recommender.live;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import java.time.Instant;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was heard of one model. */
final class LiveModel {

  final ModelId id;
  final SortedMap<String, SiteHistory> sites = new TreeMap<>();
  Optional<PruningRecommendation> recommendation = Optional.empty();
  private Instant lastHeard = Instant.MIN;

  LiveModel(ModelId id) {
    this.id = id;
  }

  /** Something of that time was heard. */
  void heard(Instant time) {
    lastHeard = time.isAfter(lastHeard) ? time : lastHeard;
  }

  Instant lastHeard() {
    return lastHeard;
  }

  SiteHistory at(String site) {
    return sites.computeIfAbsent(site, any -> new SiteHistory());
  }

  boolean hasWindows() {
    return sites.values().stream().anyMatch(site -> site.last().isPresent());
  }
}
