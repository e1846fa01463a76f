package io.layerwatch.instrumentation.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.layerwatch.instrumentation.checkpoint.SafetensorsFile.Entry;
import io.layerwatch.runtime.process.JsonProblem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The tensors of a Hugging Face model directory: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} lists.
 */
public final class Checkpoint implements AutoCloseable {

  /** The file of a checkpoint that is in one. */
  public static final String SINGLE = "model.safetensors";

  /** The list of tensors and their files of a checkpoint that is in several. */
  public static final String INDEX = "model.safetensors.index.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Bytes of each tensor that take part in the revision: enough to tell a fine-tuned model. */
  private static final long DIGESTED_BYTES = 4096;

  private final Path directory;
  private final List<SafetensorsFile> files;
  private final Map<String, SafetensorsFile> fileOfTensor;

  private Checkpoint(
      Path directory, List<SafetensorsFile> files, Map<String, SafetensorsFile> fileOfTensor) {
    this.directory = directory;
    this.files = files;
    this.fileOfTensor = fileOfTensor;
  }

  /** Opens every file of the checkpoint and checks their headers. */
  public static Checkpoint open(Path directory) {
    if (!Files.isDirectory(directory)) {
      throw new InvalidCheckpointException(directory + ": expected a model directory, found none");
    }
    List<SafetensorsFile> files = new ArrayList<>();
    Map<String, SafetensorsFile> fileOfTensor = new TreeMap<>();
    try {
      Path index = directory.resolve(INDEX);
      if (Files.exists(index)) {
        openShards(index, files, fileOfTensor);
      } else if (Files.exists(directory.resolve(SINGLE))) {
        SafetensorsFile file = SafetensorsFile.open(directory.resolve(SINGLE));
        files.add(file);
        file.entries().keySet().forEach(name -> fileOfTensor.put(name, file));
      } else {
        throw new InvalidCheckpointException(
            directory + ": expected " + SINGLE + " or " + INDEX + ", found neither");
      }
      return new Checkpoint(directory, files, fileOfTensor);
    } catch (RuntimeException e) {
      files.forEach(SafetensorsFile::close);
      throw e;
    }
  }

  private static void openShards(
      Path index, List<SafetensorsFile> files, Map<String, SafetensorsFile> fileOfTensor) {
    JsonNode weightMap;
    try {
      weightMap = JSON.readTree(index.toFile()).path("weight_map");
    } catch (IOException e) {
      throw new InvalidCheckpointException(index + ": expected JSON: " + JsonProblem.of(e), e);
    }
    if (!weightMap.isObject() || weightMap.isEmpty()) {
      throw new InvalidCheckpointException(
          index + ": weight_map: expected tensors and their files, got " + weightMap);
    }
    Map<String, SafetensorsFile> byName = new TreeMap<>();
    for (var tensor : weightMap.properties()) {
      String shard = tensor.getValue().asText();
      Path path = index.resolveSibling(shard);
      if (!path.normalize().getParent().equals(index.normalize().getParent())
          || !Files.isRegularFile(path)) {
        throw new InvalidCheckpointException(
            index
                + ": tensor \""
                + tensor.getKey()
                + "\": expected a file of this directory, got \""
                + shard
                + "\"");
      }
      SafetensorsFile file =
          byName.computeIfAbsent(
              shard,
              name -> {
                SafetensorsFile opened = SafetensorsFile.open(path);
                files.add(opened);
                return opened;
              });
      if (!file.entries().containsKey(tensor.getKey())) {
        throw new InvalidCheckpointException(
            path
                + ": expected tensor \""
                + tensor.getKey()
                + "\" as "
                + INDEX
                + " says, found none");
      }
      fileOfTensor.put(tensor.getKey(), file);
    }
  }

  public Path directory() {
    return directory;
  }

  /** Every tensor's file, by the tensor's name. */
  public Map<String, SafetensorsFile> fileOfTensor() {
    return Collections.unmodifiableMap(fileOfTensor);
  }

  /** Names of all tensors. */
  public Set<String> names() {
    return new TreeSet<>(fileOfTensor.keySet());
  }

  /** Whether there is a tensor of that name. */
  public boolean has(String name) {
    return fileOfTensor.containsKey(name);
  }

  /** Whether every tensor is stored in 16 bits, of either format. */
  public boolean isHalfPrecision() {
    return fileOfTensor.entrySet().stream()
        .map(tensor -> tensor.getValue().entries().get(tensor.getKey()).type())
        .allMatch(type -> type.equals("F16") || type.equals("BF16"));
  }

  /** The tensor of that name, held against the shape that the model expects. */
  public CheckpointTensor tensor(String name, long... shape) {
    SafetensorsFile file = fileOfTensor.get(name);
    if (file == null) {
      throw new InvalidCheckpointException(
          (files.size() == 1 ? files.get(0).path() : directory)
              + ": expected tensor \""
              + name
              + "\" of shape "
              + shown(shape)
              + ", found none");
    }
    Entry entry = file.entries().get(name);
    TensorType type =
        TensorType.ofName(entry.type())
            .orElseThrow(
                () ->
                    new InvalidCheckpointException(
                        file.path()
                            + ": tensor \""
                            + name
                            + "\": expected dtype F32, F16 or BF16, got "
                            + entry.type()));
    if (!shown(shape).equals(entry.shape().toString())) {
      throw new InvalidCheckpointException(
          file.path()
              + ": tensor \""
              + name
              + "\": expected shape "
              + shown(shape)
              + ", got "
              + entry.shape());
    }
    return new CheckpointTensor(file, entry, type);
  }

  /**
   * Tells these weights from others: a digest of config.json, the safetensors headers and the first
   * bytes of every tensor, in 12 hexadecimal digits.
   */
  public String revision() {
    try {
      ContentDigest digest = new ContentDigest();
      digest.add(Files.readAllBytes(directory.resolve("config.json")));
      for (SafetensorsFile file : files) {
        digest.add(file.header());
      }
      for (var tensor : fileOfTensor.entrySet()) {
        Entry entry = tensor.getValue().entries().get(tensor.getKey());
        long length = Math.min(DIGESTED_BYTES, entry.end() - entry.begin());
        if (length > 0) {
          ByteBuffer bytes = tensor.getValue().map(entry, 0, length);
          digest.add(bytes);
        }
      }
      return digest.digits();
    } catch (IOException e) {
      throw new InvalidCheckpointException(directory + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    files.forEach(SafetensorsFile::close);
  }

  private static String shown(long... shape) {
    return java.util.Arrays.toString(shape);
  }
}
