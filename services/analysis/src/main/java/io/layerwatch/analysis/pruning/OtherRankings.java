package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.pruning.PruningProposal.OtherRanking;
import io.layerwatch.analysis.score.LayerScore;
import io.layerwatch.analysis.score.ModelScores;
import io.layerwatch.analysis.score.Ranking;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What AVSS, as it is and pooled, at every site would propose beside the ranking that was used.
 * Rankings without a score of every layer that could be proposed say nothing.
 */
final class OtherRankings {

  private OtherRankings() {}

  /**
   * The others' proposals, by site and ranking.
   *
   * @param windows of the ranking that was used
   * @param otherSites windows of the same model at other sites, of which those of the same time
   *     count
   * @param proposed by the ranking that was used
   */
  static List<OtherRanking> of(
      List<ModelScores> windows,
      List<ModelScores> otherSites,
      List<Integer> proposed,
      PruningCriteria criteria) {
    List<OtherRanking> others = new ArrayList<>();
    bySite(windows, otherSites)
        .forEach(
            (site, some) -> {
              for (Ranking ranking : List.of(Ranking.AVSS, Ranking.POOLED_AVSS)) {
                if (!(site.equals(criteria.site()) && ranking == criteria.ranking())) {
                  add(others, site, ranking, some, proposed, criteria);
                }
              }
            });
    return others;
  }

  private static Map<String, List<ModelScores>> bySite(
      List<ModelScores> windows, List<ModelScores> otherSites) {
    var start = windows.get(0).window().start();
    var end = windows.get(windows.size() - 1).window().end();
    int layers = windows.get(windows.size() - 1).shape().layerCount();
    return Stream.concat(windows.stream(), otherSites.stream())
        .filter(scores -> !scores.window().start().isBefore(start))
        .filter(scores -> !scores.window().end().isAfter(end))
        .filter(scores -> scores.shape().layerCount() == layers)
        .filter(scores -> scores.incompleteReason().isEmpty())
        .collect(Collectors.groupingBy(ModelScores::site, TreeMap::new, Collectors.toList()));
  }

  private static void add(
      List<OtherRanking> others,
      String site,
      Ranking ranking,
      List<ModelScores> windows,
      List<Integer> proposed,
      PruningCriteria criteria) {
    Map<Integer, Double> means =
        Proposals.unprotected(Proposals.means(Proposals.scores(windows, ranking)), criteria);
    boolean everyLayer =
        windows.get(0).layers().stream()
            .map(LayerScore::layer)
            .allMatch(
                layer -> means.containsKey(layer) || criteria.protectedLayers().contains(layer));
    if (everyLayer) {
      List<Integer> layers = EvidenceWindow.lowest(means, proposed.size());
      others.add(new OtherRanking(site, ranking, layers, Jaccard.similarity(layers, proposed)));
    }
  }
}
