package io.layerwatch.instrumentation.prune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.pruning.export.LayerRemoval;
import io.layerwatch.analysis.pruning.export.LayerRemoval.InvalidLayersException;
import io.layerwatch.instrumentation.checkpoint.Checkpoint;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.ModelConfig;
import io.layerwatch.instrumentation.checkpoint.SafetensorsFile;
import io.layerwatch.instrumentation.checkpoint.TorchScriptManifest;
import io.layerwatch.runtime.process.Progress;
import io.layerwatch.runtime.process.StoppingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A copy of a Hugging Face checkpoint without some layers: their tensors gone, those behind them
 * renumbered, every tensor that stays the same to the bit, and config.json adjusted. It computes
 * what the whole model does when these layers are skipped.
 *
 * <p>The directory appears complete or not at all. Tensors are copied from file to file, so memory
 * does not grow with the model.
 */
public final class PrunedCheckpoint {

  /** What a pruned directory says of its origin. */
  public static final String RECORD = "layerwatch-pruning.json";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectWriter PRETTY = JSON.writerWithDefaultPrettyPrinter();

  private final Path model;
  private final Checkpoint checkpoint;
  private final ModelConfig config;
  private final LayerRemoval removal;
  private final ModelId from;

  /**
   * What was written.
   *
   * @param from the whole model
   * @param leftOut files of the model directory with weights in other formats, which stayed behind
   * @param bytes of tensors
   */
  public record Written(ModelId from, LayerRemoval removal, List<Path> leftOut, long bytes) {

    public Written {
      leftOut = List.copyOf(leftOut);
    }
  }

  private PrunedCheckpoint(Path model, Checkpoint checkpoint, Collection<Integer> removed) {
    this.model = model;
    this.checkpoint = checkpoint;
    this.config = ModelConfig.read(model);
    this.removal = LayerRemoval.of(config.layerCount(), removed);
    this.from = new ModelId(String.valueOf(model.getFileName()), checkpoint.revision());
  }

  /**
   * Writes one.
   *
   * @param model a Hugging Face checkpoint, named after its directory
   * @param removed layers, 0-based, in any order
   * @param output a directory to be made, in one that exists; an empty one is replaced
   * @throws InvalidLayersException in one sentence, when the layers are not of the model
   * @throws InvalidCheckpointException in one sentence, when the model cannot be pruned
   * @throws PruningException in one sentence, when the output cannot be written
   */
  public static Written write(Path model, Collection<Integer> removed, Path output) {
    Path source = model.toAbsolutePath().normalize();
    if (TorchScriptManifest.isIn(source)) {
      throw new InvalidCheckpointException(
          source
              + ": expected a Hugging Face checkpoint, got a TorchScript archive, whose layers are"
              + " fixed in its graph: leave them out where it is exported");
    }
    try (Checkpoint checkpoint = Checkpoint.open(source)) {
      PrunedCheckpoint pruned = new PrunedCheckpoint(source, checkpoint, removed);
      return pruned.write(Outputs.checked(output, source));
    }
  }

  private Written write(Path output) {
    LayerNames.problem(checkpoint.names(), removal.layerCount())
        .ifPresent(
            problem -> {
              throw new InvalidCheckpointException(model + ": " + problem);
            });
    ObjectNode newConfig = PrunedConfig.of(model, config, removal);
    try (StagingDirectory staging = StagingDirectory.beside(output)) {
      Written written = write(staging.path(), newConfig);
      check(staging.path());
      staging.publish();
      return written;
    } catch (IOException | UncheckedIOException e) {
      if (Thread.currentThread().isInterrupted()) {
        throw new StoppingException("interrupted while " + output + " was written");
      }
      throw new PruningException(output + ": cannot be written: " + e, e);
    }
  }

  private Written write(Path directory, ObjectNode newConfig) throws IOException {
    Map<String, TensorCopy> copies = copies();
    Set<String> written =
        new HashSet<>(Set.of("config.json", Checkpoint.INDEX, RECORD, ModelCard.FILE));
    checkpoint
        .fileOfTensor()
        .values()
        .forEach(file -> written.add(String.valueOf(file.path().getFileName())));
    List<Path> leftOut = OtherFiles.copy(model, directory, written);
    ModelCard.write(model, directory, from, removal);
    PRETTY.writeValue(directory.resolve("config.json").toFile(), newConfig);
    PRETTY.writeValue(directory.resolve(RECORD).toFile(), record());
    if (!copies.containsKey(Checkpoint.SINGLE)) {
      ObjectNode before = (ObjectNode) JSON.readTree(model.resolve(Checkpoint.INDEX).toFile());
      PRETTY.writeValue(
          directory.resolve(Checkpoint.INDEX).toFile(), TensorCopy.index(before, copies));
    }
    long bytes = copies.values().stream().mapToLong(TensorCopy::bytes).sum();
    try (Progress progress = Progress.of("prune", bytes / Mebibytes.SIZE, "MiB")) {
      Mebibytes counted = new Mebibytes(progress);
      for (var copy : copies.entrySet()) {
        copy.getValue().write(directory.resolve(copy.getKey()), counted::add);
      }
    }
    return new Written(from, removal, leftOut, bytes);
  }

  /** One file for one; of several as many as still hold something, numbered anew. */
  private Map<String, TensorCopy> copies() {
    LayerNames names = new LayerNames(removal);
    Map<Path, List<String>> tensorsOfFile = new TreeMap<>();
    Map<Path, SafetensorsFile> files = new TreeMap<>();
    checkpoint
        .fileOfTensor()
        .forEach(
            (tensor, file) -> {
              files.put(file.path(), file);
              tensorsOfFile.computeIfAbsent(file.path(), path -> new ArrayList<>()).add(tensor);
            });
    List<TensorCopy> copies =
        files.values().stream()
            .map(file -> new TensorCopy(file, tensorsOfFile.get(file.path()), names))
            .filter(copy -> !copy.isEmpty())
            .toList();
    if (!Files.exists(model.resolve(Checkpoint.INDEX))) {
      return Map.of(Checkpoint.SINGLE, copies.get(0));
    }
    Map<String, TensorCopy> shards = new LinkedHashMap<>();
    for (TensorCopy copy : copies) {
      String name =
          String.format("model-%05d-of-%05d.safetensors", shards.size() + 1, copies.size());
      shards.put(name, copy);
    }
    return shards;
  }

  private ObjectNode record() throws IOException {
    ObjectNode record = JSON.createObjectNode();
    record.put("from", from.key()).put("indexBase", 0).put("layersBefore", removal.layerCount());
    removal.removed().forEach(record.putArray("removedLayers")::add);
    removal.kept().forEach(record.putArray("keptLayers")::add);
    Path earlier = model.resolve(RECORD);
    if (Files.exists(earlier)) {
      // The numbers above are of a model that was pruned before; this is how they came about.
      record.set("earlier", JSON.readTree(earlier.toFile()));
    }
    return record;
  }

  /** Holds what was written against what was meant, as the runner reads it. */
  private void check(Path directory) {
    ModelConfig after = ModelConfig.read(directory);
    Checkpoint.open(directory).close();
    var windows = removal.kept().stream().map(config.windows()::get).toList();
    if (after.layerCount() != removal.kept().size() || !after.windows().equals(windows)) {
      throw new IllegalStateException(
          "expected layers with windows " + windows + ", wrote " + after.windows());
    }
  }
}
