package io.layerwatch.analysis.pruning;

import io.layerwatch.analysis.TimeWindow;
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
