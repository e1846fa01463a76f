package io.layerwatch.instrumentation.model;

import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.instrumentation.checkpoint.Checkpoint;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.checkpoint.ModelConfig;
import io.layerwatch.instrumentation.checkpoint.TensorType;
import io.layerwatch.instrumentation.checkpoint.TorchScriptArchive;
import io.layerwatch.instrumentation.checkpoint.TorchScriptManifest;
import io.layerwatch.runtime.process.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A loaded model: weights on a device, ready to run, with its tokenizer and identity. Safe for use
 * by several threads, each of which first calls {@link TorchThreads#inferenceOnly()}.
 */
public final class LanguageModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LanguageModel.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(500);

  private final ModelId id;
  private final ModelConfig config;
  private final NDManager manager;
  private final Decoder decoder;
  private final Tokenizer tokenizer;
  private final ReentrantReadWriteLock inUse = new ReentrantReadWriteLock();

  private LanguageModel(
      ModelId id, ModelConfig config, NDManager manager, Decoder decoder, Tokenizer tokenizer) {
    this.id = id;
    this.config = config;
    this.manager = manager;
    this.decoder = decoder;
    this.tokenizer = tokenizer;
  }

  /** What to load. */
  public record Source(Path directory, Optional<String> name, Optional<String> revision) {

    /** A directory, named after itself, with the revision that its content gives. */
    public static Source of(Path directory) {
      return new Source(directory, Optional.empty(), Optional.empty());
    }
  }

  /** Loads a model directory onto the best device. */
  public static LanguageModel load(Source source) {
    return load(source, ComputeDevice.AUTO);
  }

  /** Loads a model directory, to compute in the type that suits the device. */
  public static LanguageModel load(Source source, ComputeDevice device) {
    return load(source, device, ComputeType.AUTO);
  }

  /**
   * Loads a model directory.
   *
   * @param type of weights and activations
   * @throws InvalidCheckpointException in one sentence, when the directory cannot be run
   */
  public static LanguageModel load(Source source, ComputeDevice device, ComputeType type) {
    TorchThreads.inferenceOnly();
    Path directory = source.directory().toAbsolutePath().normalize();
    NDManager manager = NDManager.newBaseManager(device.device(), "PyTorch");
    try {
      Loaded loaded =
          TorchScriptManifest.isIn(directory)
              ? loadArchive(source, directory, manager, type)
              : loadCheckpoint(source, directory, manager, type);
      ModelId id =
          new ModelId(
              source.name().orElseGet(() -> String.valueOf(directory.getFileName())),
              loaded.revision());
      // Last, since it would have to be closed if anything after it failed.
      Tokenizer tokenizer = Tokenizer.read(directory);
      return new LanguageModel(id, loaded.config(), manager, loaded.decoder(), tokenizer);
    } catch (RuntimeException | Error e) {
      manager.close();
      throw e;
    }
  }

  private record Loaded(String revision, ModelConfig config, Decoder decoder) {}

  private static Loaded loadCheckpoint(
      Source source, Path directory, NDManager manager, ComputeType type) {
    try (Checkpoint checkpoint = Checkpoint.open(directory)) {
      ModelConfig config = ModelConfig.read(directory);
      TensorType computed = type.on(manager.getDevice(), checkpoint.isHalfPrecision());
      return new Loaded(
          source.revision().orElseGet(checkpoint::revision),
          config,
          Families.load(checkpoint, config, manager, computed));
    }
  }

  private static Loaded loadArchive(
      Source source, Path directory, NDManager manager, ComputeType type) {
    if (type != ComputeType.AUTO) {
      throw new StartException(
          "instrumentation.dtype: expected auto for a TorchScript archive, which computes in the"
              + " types that it was exported with, got "
              + type.id());
    }
    TorchScriptManifest manifest = TorchScriptManifest.read(directory);
    Decoder decoder = TorchScriptDecoder.load(manifest, manager);
    return new Loaded(
        source.revision().orElseGet(() -> TorchScriptArchive.revision(manifest)),
        manifest,
        decoder);
  }

  /**
   * Refuses a directory that is plainly no model, without loading anything.
   *
   * @throws InvalidCheckpointException in one sentence
   */
  public static void check(Path directory) {
    if (TorchScriptManifest.isIn(directory)) {
      TorchScriptArchive.check(TorchScriptManifest.read(directory));
    } else {
      Checkpoint.open(directory).close();
      ModelConfig.read(directory);
    }
    Tokenizer.requireFile(directory);
  }

  public ModelId id() {
    return id;
  }

  public ModelConfig config() {
    return config;
  }

  public Decoder decoder() {
    return decoder;
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** A scope for the arrays of a forward pass; the caller closes it. */
  public NDManager newScope() {
    return manager.newSubManager();
  }

  /**
   * Arrays that are open now: the weights, and those of passes and sequences under way. Safe to ask
   * for from any thread; while the model works it is a number that was true of each scope at some
   * moment. Only what scopes of this model own is seen.
   */
  public int openArrays() {
    return manager.getManagedArrays().size();
  }

  /**
   * Does work during which the weights are not freed, even if another thread closes the model.
   *
   * @throws InferenceStoppedException when the model is closed
   */
  public <T> T use(Supplier<T> work) {
    if (inUse.isWriteLocked() || !inUse.readLock().tryLock()) {
      throw new InferenceStoppedException("the model is closed");
    }
    try {
      return work.get();
    } finally {
      inUse.readLock().unlock();
    }
  }

  /** Parameters and multiply-adds. */
  public ModelShape shape() {
    return decoder.shape();
  }

  /**
   * Checks token ids against the vocabulary and the context.
   *
   * @return what is wrong, in one sentence, or empty
   */
  public Optional<String> problemWith(int[] tokens) {
    return problemWith("prompt", tokens);
  }

  /** The same of tokens that go by another name than prompt. */
  public Optional<String> problemWith(String key, int[] tokens) {
    if (tokens.length == 0) {
      return Optional.of(key + ": expected at least one token, got none");
    }
    if (tokens.length > config.contextLength()) {
      return Optional.of(
          key
              + ": expected at most "
              + config.contextLength()
              + " tokens, the model's context, got "
              + tokens.length);
    }
    for (int token : tokens) {
      if (token < 0 || token >= config.vocabularySize()) {
        return Optional.of(
            key
                + ": expected token ids from 0 to "
                + (config.vocabularySize() - 1)
                + ", got "
                + token);
      }
    }
    return Optional.empty();
  }

  /**
   * Frees the weights. Where a layer of a running pass outlasts the wait, they stay until the
   * process ends: freeing them would crash it.
   */
  @Override
  public void close() {
    try {
      // Never unlocked: nobody uses a closed model.
      if (!inUse.writeLock().tryLock(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} is still in use and stays loaded", id);
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    tokenizer.close();
    manager.close();
  }
}
