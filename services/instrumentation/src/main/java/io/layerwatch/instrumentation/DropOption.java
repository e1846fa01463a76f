package io.layerwatch.instrumentation;

import io.layerwatch.analysis.pruning.export.LayerRemoval;
import io.layerwatch.analysis.pruning.export.LayerRemoval.InvalidLayersException;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * What {@code --drop} names, wherever layers are left out: layers from 0 on, with commas, such as
 * {@code 3,7}. Mistakes are wrong usage, in one sentence.
 */
public final class DropOption {

  private DropOption() {}

  /** The layers, ascending. */
  public static List<Integer> layers(String given, CommandSpec command) {
    try {
      List<Integer> layers =
          Arrays.stream(given.split(",", -1))
              .map(layer -> Integer.valueOf(layer.strip()))
              .sorted()
              .toList();
      if (layers.get(0) >= 0 && layers.stream().distinct().count() == layers.size()) {
        return layers;
      }
    } catch (NumberFormatException e) {
      // Refused below, as a layer that is given twice.
    }
    throw wrong(
        "expected layers from 0 on, each once, such as 3,7, got \"%s\"".formatted(given), command);
  }

  /** Holds them against a model: its layers, and not all of them. */
  public static void check(List<Integer> layers, int layerCount, CommandSpec command) {
    try {
      LayerRemoval.of(layerCount, layers);
    } catch (InvalidLayersException e) {
      throw wrong(e.getMessage(), command);
    }
  }

  public static ParameterException wrong(String problem, CommandSpec command) {
    return new ParameterException(command.commandLine(), "--drop: " + problem);
  }
}
