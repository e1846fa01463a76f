package io.layerwatch.instrumentation;

import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What every command that runs a model without Kafka takes. */
public final class OfflineOptions {

  /** How results are printed. */
  public enum Format {
    table,
    json
  }

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description =
          "Model directory: a Hugging Face checkpoint or a TorchScript archive, with tokenizer.json.")
  private Path model;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
  private Format format;

  @Option(
      names = "--threads",
      defaultValue = "1",
      description = "PyTorch threads; default ${DEFAULT-VALUE}.")
  private int threads;

  public Format format() {
    return format;
  }

  /** Refuses a wrong number of threads, and sets PyTorch up for the right one. */
  public void configure() {
    if (threads < 1) {
      throw wrong("--threads: expected 1 or more, got " + threads);
    }
    TorchThreads.configure(threads);
  }

  /** Loads the model; the caller closes it. */
  public LanguageModel load() {
    return LanguageModel.load(LanguageModel.Source.of(model));
  }

  /** Wrong usage, in one sentence that begins with the option. */
  public ParameterException wrong(String problem) {
    return new ParameterException(spec.commandLine(), problem);
  }
}
