package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.TimeWindow;
import io.layerwatch.analysis.score.Ranking;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Layers that could be removed, with the evidence.
 *
 * @param layers proposed for removal, 0-based, ascending
 * @param protectedLayers kept out of any proposal by the operator, ascending
 * @param evidence every layer's, in ranking order, least important first
 * @param blockInfluenceLayers what ranking by block influence would propose, ascending
 * @param blockInfluenceAgreement Jaccard similarity of both proposals, 0 to 1
 * @param others what every other ranking would propose over the same time, block influence aside
 * @param windows stable windows behind it
 * @param span from the first window's start to the last window's end
 * @param tokens seen in those windows
 * @param parametersRemoved parameters in the proposed layers
 * @param parametersShare the same ÷ parameters of the model
 * @param computeShare share of the model's weight multiply-adds per token
 */
public record PruningProposal(
    List<Integer> layers,
    List<Integer> protectedLayers,
    List<LayerEvidence> evidence,
    List<Integer> blockInfluenceLayers,
    double blockInfluenceAgreement,
    List<OtherRanking> others,
    int windows,
    TimeWindow span,
    long tokens,
    long parametersRemoved,
    double parametersShare,
    double computeShare) {

  public PruningProposal {
    layers = List.copyOf(layers);
    protectedLayers = List.copyOf(protectedLayers);
    evidence = List.copyOf(evidence);
    blockInfluenceLayers = List.copyOf(blockInfluenceLayers);
    others = List.copyOf(others);
  }

  /** Share of the model's parameters in some of the layers: all blocks are of one size. */
  public double parametersShare(List<Integer> some) {
    return parametersShare * some.size() / layers.size();
  }

  /** Share of the model's weight multiply-adds per token in some of the layers. */
  public double computeShare(List<Integer> some) {
    return computeShare * some.size() / layers.size();
  }

  /**
   * What another ranking would propose.
   *
   * @param site id of the site whose scores it ranks
   * @param ranking the score
   * @param layers as many as are proposed, ascending
   * @param agreement Jaccard similarity with the proposal, 0 to 1
   */
  public record OtherRanking(String site, Ranking ranking, List<Integer> layers, double agreement) {

    public OtherRanking {
      layers = List.copyOf(layers);
    }
  }

  /**
   * One layer's part.
   *
   * @param layer 0-based
   * @param meanScore mean of the ranking score over the windows
   * @param spread coefficient of variation of the ranking score: standard deviation ÷ mean
   * @param meanBlockInfluence mean block influence over the windows
   * @param proposed whether the layer would be removed
   */
  public record LayerEvidence(
      int layer,
      double meanScore,
      double spread,
      OptionalDouble meanBlockInfluence,
      boolean proposed) {}
}
