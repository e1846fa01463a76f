package io.layerwatch.recommender.live;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.drift.LayerDrift;
import io.layerwatch.analysis.pruning.PruningRecommendation;
import io.layerwatch.analysis.score.ModelScores;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an answer is made of, copied while nothing changes. All of it is immutable, so that writing
 * it down keeps nobody waiting.
 *
 * @param models that there are to choose from
 * @param chosen the one to show, unless there is none
 */
record LiveView(List<Choice> models, Optional<Chosen> chosen) {

  /** A model, and its sites with windows. */
  record Choice(String key, List<String> sites) {}

  /**
   * A model at a site.
   *
   * @param seen windows with tokens that there were
   * @param windows that are new to whom it is for, oldest first
   * @param drifting what the topic says holds
   */
  record Chosen(
      ModelId model,
      String site,
      Optional<ModelScores> last,
      Optional<Instant> silentEnd,
      int seen,
      List<SiteHistory.Kept> windows,
      Optional<PruningRecommendation> recommendation,
      List<LayerDrift> drifting) {}

  /**
   * A view of models.
   *
   * @param model key of the one wanted, else the one heard of last
   * @param site the one wanted, where it has windows
   * @param since the change that is known already
   */
  static LiveView of(List<LiveModel> models, Optional<String> model, String site, long since) {
    return new LiveView(
        models.stream().map(each -> new Choice(each.id.key(), sites(each))).toList(),
        (model.isPresent()
                ? models.stream().filter(each -> each.id.key().equals(model.get())).findFirst()
                : models.stream().max(Comparator.comparing(LiveModel::lastHeard)))
            .map(each -> chosen(each, site, since)));
  }

  private static Chosen chosen(LiveModel model, String wanted, long since) {
    List<String> sites = sites(model);
    String site = sites.isEmpty() || sites.contains(wanted) ? wanted : sites.get(0);
    SiteHistory history = model.at(site);
    return new Chosen(
        model.id,
        site,
        history.last(),
        history.silentEnd(),
        history.seen(),
        history.windows().stream().filter(kept -> kept.change() > since).toList(),
        model.recommendation,
        history.drifting());
  }

  private static List<String> sites(LiveModel model) {
    return model.sites.entrySet().stream()
        .filter(entry -> entry.getValue().last().isPresent())
        .map(Map.Entry::getKey)
        .toList();
  }
}
