package io.layerwatch.instrumentation;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter.Tensor;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.train.ByteTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A model directory with random weights, which are exact in every element type. */
public final class RandomCheckpoint {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final ObjectNode config;
  private final Random random;

  public RandomCheckpoint(ObjectNode config, long seed) {
    this.config = config;
    this.random = new Random(seed);
  }

  public ObjectNode config() {
    return config;
  }

  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /** Multiples of 1/128 up to a half: seven bits, which F16 and BF16 hold exactly. */
  public void matrix(String name, long... shape) {
    tensors.put(name, new Tensor(shape, values(shape, 0)));
  }

  /** Multiples of 1/128 within a half of the middle. */
  public void vector(String name, long size, float middle) {
    long[] shape = {size};
    tensors.put(name, new Tensor(shape, values(shape, middle)));
  }

  private float[] values(long[] shape, float middle) {
    int size = 1;
    for (long dimension : shape) {
      size *= (int) dimension;
    }
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = middle + (random.nextInt(129) - 64) / 128f;
    }
    return values;
  }

  /** Writes a model directory with one weights file. */
  public Path write(Path directory, TensorType type) throws IOException {
    writeRest(directory);
    SafetensorsWriter.write(directory.resolve("model.safetensors"), type, tensors);
    return directory;
  }

  /** Writes a model directory whose weights are spread over two files. */
  public Path writeSharded(Path directory, TensorType type) throws IOException {
    writeRest(directory);
    String[] names = {"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"};
    Map<String, Tensor> first = new LinkedHashMap<>();
    Map<String, Tensor> second = new LinkedHashMap<>();
    ObjectNode index = JSON.createObjectNode();
    ObjectNode weightMap = index.putObject("weight_map");
    tensors.forEach(
        (name, tensor) -> {
          int shard = weightMap.size() % 2;
          (shard == 0 ? first : second).put(name, tensor);
          weightMap.put(name, names[shard]);
        });
    SafetensorsWriter.write(directory.resolve(names[0]), type, first);
    SafetensorsWriter.write(directory.resolve(names[1]), type, second);
    JSON.writeValue(directory.resolve("model.safetensors.index.json").toFile(), index);
    return directory;
  }

  private void writeRest(Path directory) throws IOException {
    Files.createDirectories(directory);
    JSON.writeValue(directory.resolve("config.json").toFile(), config);
    ByteTokenizer.write(directory.resolve("tokenizer.json"));
  }
}
