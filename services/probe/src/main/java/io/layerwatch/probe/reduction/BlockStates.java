package io.layerwatch.probe.reduction;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * Some tokens of one sequence on their way through a model: the residual stream before the first
 * block and after each.
 *
 * @param states layers + 1 arrays [sequences, tokens, hidden]
 * @param sequence which of the sequences is meant
 * @param from its first token that counts
 * @param to the token after its last; what follows is padding
 */
public record BlockStates(List<NDArray> states, int sequence, int from, int to) {

  public BlockStates {
    states = List.copyOf(states);
    long sequences = states.get(0).getShape().get(0);
    long length = states.get(0).getShape().get(1);
    if (sequence < 0 || sequence >= sequences || from < 0 || from >= to || to > length) {
      throw new IllegalArgumentException(
          "expected tokens of one of "
              + sequences
              + " sequences of "
              + length
              + " tokens, got tokens "
              + from
              + " to "
              + to
              + " of sequence "
              + sequence);
    }
  }

  public Device device() {
    return states.get(0).getDevice();
  }

  /** Where the first token that counts is, in rows of [sequences · tokens, hidden]. */
  int firstRow() {
    return sequence * Math.toIntExact(states.get(0).getShape().get(1)) + from;
  }

  public int tokens() {
    return to - from;
  }

  public int hidden() {
    return Math.toIntExact(states.get(0).getShape().get(2));
  }
}
