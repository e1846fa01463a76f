package io.layerwatch.instrumentation.prune;

import io.layerwatch.analysis.pruning.export.LayerRemoval.InvalidLayersException;
import io.layerwatch.instrumentation.DropOption;
import io.layerwatch.instrumentation.prune.PrunedCheckpoint.Written;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code layerwatch prune}: removes layers from a checkpoint. */
@Command(
    name = "prune",
    mixinStandardHelpOptions = true,
    description =
        "Write a copy of a Hugging Face checkpoint without some of its layers. Every weight that"
            + " stays is the same to the bit.")
public final class PruneCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Model directory: a Hugging Face checkpoint.")
  private Path model;

  @Option(
      names = "--drop",
      required = true,
      paramLabel = "LAYERS",
      description = "Layers to remove, 0-based, such as 3,7.")
  private String drop;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Directory to make; it may be there if it is empty.")
  private Path output;

  @Override
  public Integer call() {
    Written written = write();
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: removed %s of %d layers (counted from 0), kept %d: %.1f MiB of tensors%n",
        written.from(),
        written.removal().removed().stream().map(String::valueOf).collect(Collectors.joining(", ")),
        written.removal().layerCount(),
        written.removal().kept().size(),
        (double) written.bytes() / Mebibytes.SIZE);
    if (!written.leftOut().isEmpty()) {
      out.println("not copied, since they hold the whole model's weights: " + written.leftOut());
    }
    out.println("written to " + output);
    out.flush();
    return 0;
  }

  private Written write() {
    List<Integer> layers = DropOption.layers(drop, spec);
    try {
      return PrunedCheckpoint.write(model, layers, output);
    } catch (InvalidLayersException e) {
      throw DropOption.wrong(e.getMessage(), spec);
    }
  }
}
