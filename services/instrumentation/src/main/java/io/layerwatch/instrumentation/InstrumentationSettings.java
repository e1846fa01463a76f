package io.layerwatch.instrumentation;

import io.layerwatch.instrumentation.model.ComputeDevice;
import io.layerwatch.instrumentation.model.ComputeType;
import io.layerwatch.instrumentation.verify.VerifierSettings;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.Expect;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Port;
import io.layerwatch.runtime.settings.Problems;
import io.layerwatch.runtime.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/** Settings of the instrumentation service. */
public record InstrumentationSettings(
    Path modelDirectory,
    Optional<String> modelName,
    Optional<String> modelRevision,
    String host,
    Port port,
    EndpointSecurity security,
    int concurrency,
    int queue,
    int prefillBatch,
    int bodyLimit,
    Duration receiveTimeout,
    Duration requestTimeout,
    Duration drain,
    ComputeDevice device,
    ComputeType computeType,
    int torchThreads,
    ProbeSettings probe,
    Duration flushInterval,
    Duration backlogWindow,
    int backlogWindows,
    int minimumTokens,
    VerifierSettings verifier) {

  public static final String MODEL_DIRECTORY = "model.directory";
  public static final String MODEL_NAME = "model.name";
  public static final String MODEL_REVISION = "model.revision";
  public static final String HOST = "instrumentation.http.host";
  public static final String PORT = "instrumentation.http.port";
  public static final String TOKEN_FILE = "instrumentation.http.token.file";
  public static final String QUEUE = "instrumentation.http.queue";
  public static final String PREFILL_BATCH = "instrumentation.prefill.batch";
  public static final String BODY_LIMIT = "instrumentation.http.body.limit";
  public static final String RECEIVE_TIMEOUT = "instrumentation.http.receive.timeout";
  public static final String REQUEST_TIMEOUT = "instrumentation.http.request.timeout";
  public static final String DRAIN = "instrumentation.http.drain";
  public static final String CONCURRENCY = "instrumentation.concurrency";
  public static final String DEVICE = "instrumentation.device";
  public static final String DTYPE = "instrumentation.dtype";
  public static final String TORCH_THREADS = "instrumentation.torch.threads";
  public static final String FLUSH_INTERVAL = "instrumentation.flush.interval";
  public static final String BACKLOG_WINDOW = "instrumentation.backlog.window";
  public static final String BACKLOG_WINDOWS = "instrumentation.backlog.windows";
  public static final String MINIMUM_TOKENS = "instrumentation.privacy.tokens.minimum";

  /** Adds these settings to a definition. */
  public static ConfigDef addTo(ConfigDef definition) {
    return VerifierSettings.addTo(ProbeSettings.addTo(definition))
        .define(
            MODEL_DIRECTORY,
            Type.STRING,
            ConfigDef.NO_DEFAULT_VALUE,
            Expect.text(),
            Importance.HIGH,
            "Model directory: a Hugging Face checkpoint or a TorchScript archive, with tokenizer.json.")
        .define(
            MODEL_NAME,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "What the model is called; by default its directory's name.")
        .define(
            MODEL_REVISION,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "The model's revision; by default a digest of the checkpoint.")
        .define(HOST, Type.STRING, "0.0.0.0", Expect.text(), Importance.LOW, "Address of the API.")
        .define(
            PORT,
            Type.STRING,
            "8000",
            Expect.port(),
            Importance.MEDIUM,
            "Port of the API; 0 takes a free one.")
        .define(
            TOKEN_FILE,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "File with API keys, one a line, one of which every request to the API must have."
                + " Without it none must.")
        .define(
            CONCURRENCY,
            Type.INT,
            2,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Requests that run at the same time; others wait.")
        .define(
            QUEUE,
            Type.INT,
            64,
            Expect.atLeast(0),
            Importance.MEDIUM,
            "Requests that may wait; one more gets 429.")
        .define(
            PREFILL_BATCH,
            Type.INT,
            8,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Prompts at most in one pass through the model, of waiting requests with max_tokens 0;"
                + " 1 passes each by itself.")
        .define(
            BODY_LIMIT,
            Type.INT,
            1 << 20,
            Expect.atLeast(1),
            Importance.LOW,
            "Most bytes of a request's body; a larger one gets 413.")
        .define(
            RECEIVE_TIMEOUT,
            Type.STRING,
            "30s",
            Expect.positiveDuration(),
            Importance.LOW,
            "Time that a client may take to send a request.")
        .define(
            REQUEST_TIMEOUT,
            Type.STRING,
            "5m",
            Expect.positiveDuration(),
            Importance.MEDIUM,
            "Time from a request's receipt to the end of its answer, waiting included.")
        .define(
            DRAIN,
            Type.STRING,
            "10s",
            Expect.duration(),
            Importance.MEDIUM,
            "Time that admitted requests get to end when the process is asked to stop.")
        .define(
            DEVICE,
            Type.STRING,
            ComputeDevice.AUTO.id(),
            Expect.matching(ComputeDevice.EXPECTED, ComputeDevice.FORM),
            Importance.MEDIUM,
            "Where the model runs; auto is the first GPU where PyTorch sees one.")
        .define(
            DTYPE,
            Type.STRING,
            ComputeType.AUTO.id(),
            Expect.oneOf(ComputeType.ids()),
            Importance.MEDIUM,
            "Type of weights and activations; auto is float16 on a GPU for a checkpoint stored in"
                + " 16 bits, else float32.")
        .define(
            TORCH_THREADS,
            Type.INT,
            1,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "PyTorch's threads for one operation.")
        .define(
            FLUSH_INTERVAL,
            Type.STRING,
            "1s",
            Expect.positiveDuration(),
            Importance.MEDIUM,
            "Time that one summary covers; divides the scorer's window.")
        .define(
            BACKLOG_WINDOW,
            Type.STRING,
            "10s",
            Expect.positiveDuration(),
            Importance.LOW,
            "Summaries that wait for Kafka merge to this; a multiple of the flush interval that"
                + " divides the scorer's window.")
        .define(
            BACKLOG_WINDOWS,
            Type.INT,
            360,
            Expect.atLeast(1),
            Importance.LOW,
            "Most merged summaries that wait; beyond, the oldest is dropped and counted.")
        .define(
            MINIMUM_TOKENS,
            Type.INT,
            32,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Fewest tokens in a summary that has any. Fewer wait for more within the backlog"
                + " window, and at its end are withheld and counted; 1 publishes all at once.");
  }

  /** The whole definition of the process. */
  public static ConfigDef define() {
    return addTo(CommonSettings.define());
  }

  /** Reads the settings and holds them against each other. */
  public static InstrumentationSettings of(Settings settings) {
    Duration flush = settings.duration(FLUSH_INTERVAL);
    Duration merge = settings.duration(BACKLOG_WINDOW);
    List<String> problems = new ArrayList<>();
    if (merge.toMillis() % flush.toMillis() != 0) {
      problems.add(
          BACKLOG_WINDOW
              + ": expected a multiple of "
              + FLUSH_INTERVAL
              + " "
              + settings.text(FLUSH_INTERVAL)
              + ", got \""
              + settings.text(BACKLOG_WINDOW)
              + "\"");
    }
    Optional<EndpointSecurity> security =
        Problems.gather(problems, () -> EndpointSecurity.of(settings, TOKEN_FILE));
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new InstrumentationSettings(
        Path.of(settings.text(MODEL_DIRECTORY)),
        settings.optionalText(MODEL_NAME),
        settings.optionalText(MODEL_REVISION),
        settings.text(HOST),
        settings.port(PORT),
        security.orElseThrow(),
        settings.integer(CONCURRENCY),
        settings.integer(QUEUE),
        settings.integer(PREFILL_BATCH),
        settings.integer(BODY_LIMIT),
        settings.duration(RECEIVE_TIMEOUT),
        settings.duration(REQUEST_TIMEOUT),
        settings.duration(DRAIN),
        ComputeDevice.ofId(settings.text(DEVICE)),
        ComputeType.ofId(settings.text(DTYPE)),
        settings.integer(TORCH_THREADS),
        ProbeSettings.of(settings),
        flush,
        merge,
        settings.integer(BACKLOG_WINDOWS),
        settings.integer(MINIMUM_TOKENS),
        VerifierSettings.of(settings));
  }
}
