package io.layerwatch.instrumentation.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.checkpoint.LlamaConfig;
import io.layerwatch.instrumentation.checkpoint.SafetensorsWriter;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code layerwatch train}: trains a small byte-level decoder on a text. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Train a small byte-level Llama decoder on a text, as the demo model was.")
public final class TrainCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Option(names = "--text", required = true, paramLabel = "FILE", description = "Text to learn.")
  private Path text;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "Model directory to write: config.json, model.safetensors, tokenizer.json.")
  private Path output;

  @Mixin private PlanOptions plan;

  @Override
  public Integer call() throws IOException {
    if (!Files.isRegularFile(text)) {
      throw new ParameterException(
          spec.commandLine(), "--text: expected a file, got \"" + text + "\"");
    }
    byte[] bytes = Files.readAllBytes(text);
    TrainingPlan plan = checkedPlan();
    if (bytes.length <= plan.context()) {
      throw new ParameterException(
          spec.commandLine(),
          "--text: expected more than " + plan.context() + " bytes, got " + bytes.length);
    }
    TorchThreads.configure(this.plan.threads());
    createOutput();
    PrintWriter out = spec.commandLine().getOut();
    long start = System.nanoTime();
    try (Trainer trainer = new Trainer(plan, bytes)) {
      double smoothed = 0;
      for (int step = 1; step <= plan.steps(); step++) {
        double loss = trainer.step();
        double weight = Math.max(0.01, 1.0 / step);
        smoothed += weight * (loss - smoothed);
        if (step % 100 == 0 || step == plan.steps()) {
          Duration elapsed = Duration.ofNanos(System.nanoTime() - start);
          out.printf(
              "step %d of %d: loss %.4f nats per byte, %d bytes/s%n",
              step,
              plan.steps(),
              smoothed,
              (long) step * plan.batch() * plan.context() * 1000 / Math.max(1, elapsed.toMillis()));
          out.flush();
        }
        if (step % 1000 == 0 || step == plan.steps()) {
          save(trainer, plan.config());
        }
      }
    }
    return 0;
  }

  private void createOutput() {
    try {
      Files.createDirectories(output);
    } catch (IOException e) {
      throw new ParameterException(
          spec.commandLine(), "--output: expected a directory, got \"" + output + "\"", e);
    }
  }

  private TrainingPlan checkedPlan() {
    try {
      return plan.plan();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), e.getMessage(), e);
    }
  }

  private void save(Trainer trainer, LlamaConfig config) throws IOException {
    SafetensorsWriter.write(
        output.resolve("model.safetensors"), TensorType.F16, trainer.weights().tensors());
    ByteTokenizer.write(output.resolve("tokenizer.json"));
    ObjectNode json = JSON.createObjectNode();
    json.putArray("architectures").add("LlamaForCausalLM");
    json.put("model_type", "llama")
        .put("hidden_size", config.hiddenSize())
        .put("intermediate_size", config.intermediateSize())
        .put("num_hidden_layers", config.layerCount())
        .put("num_attention_heads", config.heads().queries())
        .put("num_key_value_heads", config.heads().keysAndValues())
        .put("head_dim", config.heads().size())
        .put("vocab_size", config.vocabularySize())
        .put("max_position_embeddings", config.contextLength())
        .put("rms_norm_eps", config.normEpsilon())
        .put("rope_theta", config.rotary().theta())
        .put("hidden_act", "silu")
        .put("attention_bias", false)
        .put("mlp_bias", false)
        .put("tie_word_embeddings", config.tiedEmbeddings())
        .put("bos_token_id", ByteTokenizer.START)
        .put("eos_token_id", ByteTokenizer.END)
        .put("torch_dtype", "float16");
    JSON.writerWithDefaultPrettyPrinter().writeValue(output.resolve("config.json").toFile(), json);
  }
}
