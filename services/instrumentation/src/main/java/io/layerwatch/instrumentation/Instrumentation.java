package io.layerwatch.instrumentation;

import ai.djl.ndarray.NDManager;
import io.layerwatch.analysis.ModelId;
import io.layerwatch.instrumentation.chat.ChatTemplate;
import io.layerwatch.instrumentation.checkpoint.InvalidCheckpointException;
import io.layerwatch.instrumentation.http.CompletionServer;
import io.layerwatch.instrumentation.http.RequestMetrics;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.model.TorchThreads;
import io.layerwatch.instrumentation.publish.SummaryAccumulator;
import io.layerwatch.instrumentation.publish.SummaryPublisher;
import io.layerwatch.instrumentation.verify.CandidateFeed;
import io.layerwatch.probe.ActivationProbe;
import io.layerwatch.probe.ProbeSampler;
import io.layerwatch.probe.ProbeSwitch;
import io.layerwatch.probe.Probing;
import io.layerwatch.runtime.process.AdminServer;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instrumentation service: a model behind HTTP, probes on every pass, summaries to Kafka. */
public final class Instrumentation implements Lifecycle.Draining {

  private static final Logger LOG = LoggerFactory.getLogger(Instrumentation.class);

  private final Lifecycle parts = new Lifecycle();
  private final LanguageModel model;
  private final SummaryPublisher publisher;
  private final CompletionServer server;
  private final RequestMetrics requests;
  private final ProbeSwitch power;
  private final String instance;
  private final EndpointSecurity security;

  /**
   * Refuses what cannot be served, and sets PyTorch up, before Kafka is asked for anything.
   *
   * @throws InvalidSettingsException when there is no such directory or device
   * @throws InvalidCheckpointException when the directory is plainly no model
   */
  public static void prepare(InstrumentationSettings settings) {
    Path directory = settings.modelDirectory();
    if (!Files.isDirectory(directory)) {
      throw new InvalidSettingsException(
          List.of(
              InstrumentationSettings.MODEL_DIRECTORY
                  + ": expected a directory that exists, got \""
                  + directory
                  + "\""));
    }
    LanguageModel.check(directory);
    TorchThreads.configure(settings.torchThreads());
    settings.device().require();
  }

  /**
   * Loads the model and serves it.
   *
   * @param kafka settings of the Kafka clients
   * @param clock tells which flush interval an activation falls in
   */
  public Instrumentation(
      InstrumentationSettings settings,
      Topics topics,
      Map<String, Object> kafka,
      PrometheusRegistry registry,
      Clock clock) {
    this.instance = hostName() + "-" + UUID.randomUUID().toString().substring(0, 8);
    this.security = settings.security();
    this.requests = new RequestMetrics(registry);
    this.power = new ProbeSwitch(settings.probe().enabled());
    try {
      this.model =
          parts.add(
              "model",
              LanguageModel.load(
                  new LanguageModel.Source(
                      settings.modelDirectory(), settings.modelName(), settings.modelRevision()),
                  settings.device(),
                  settings.computeType()));
      ModelMetrics.register(registry, model);
      ProbeSettings probe = settings.probe();
      SummaryAccumulator accumulator =
          new SummaryAccumulator(
              clock,
              settings.flushInterval(),
              probe.sites(),
              probe.thresholdArray(),
              model.config().layerCount());
      this.publisher =
          parts.add(
              "publisher",
              new SummaryPublisher(
                  new SummaryPublisher.Source(model.id(), model.shape(), instance),
                  accumulator,
                  new SummaryPublisher.Plan(
                      settings.flushInterval(),
                      settings.backlogWindow(),
                      settings.backlogWindows(),
                      settings.minimumTokens()),
                  topics.activationSummaries(),
                  kafka,
                  registry));
      this.server =
          parts.add(
              "API",
              new CompletionServer(
                  new CompletionServer.Options(
                      settings.host(),
                      settings.port(),
                      settings.concurrency(),
                      settings.queue(),
                      settings.prefillBatch(),
                      new CompletionServer.Bounds(
                          settings.bodyLimit(),
                          settings.receiveTimeout(),
                          settings.requestTimeout(),
                          settings.drain()),
                      chatTemplate(settings.modelDirectory()),
                      settings.security()),
                  model,
                  probing(probe, registry)::newSequence,
                  requests));
      if (!settings.verifier().data().isEmpty()) {
        parts.add(
            "verifier",
            new CandidateFeed(settings.verifier(), model, instance, topics, kafka, registry));
      }
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
    LOG.info("serving {} on port {} as instance {}", model.id(), server.port(), instance);
  }

  private Probing probing(ProbeSettings settings, PrometheusRegistry registry) {
    ProbeSampler sampler = new ProbeSampler(settings.sampling());
    ActivationProbe probe = new ActivationProbe(settings.sites(), settings.thresholdArray());
    try (NDManager scope = model.newScope()) {
      probe.warmUp(scope, model.config().hiddenSize());
    }
    return new Probing(
        probe, sampler, power, publisher::observe, new ProbeMetrics(registry, sampler, power));
  }

  /** A template that cannot be read costs the chats, not the service. */
  private static Optional<ChatTemplate> chatTemplate(Path directory) {
    try {
      return ChatTemplate.read(directory);
    } catch (InvalidCheckpointException e) {
      LOG.warn("chats will be refused: {}", e.getMessage());
      return Optional.empty();
    }
  }

  public ModelId model() {
    return model.id();
  }

  /** Port of the API. */
  public int port() {
    return server.port();
  }

  /** What guards the API. */
  public EndpointSecurity security() {
    return security;
  }

  @Override
  public Duration drainsWithin() {
    return server.drainsWithin();
  }

  /** This process start: host and start id. */
  public String instance() {
    return instance;
  }

  /** Serves the probe's switch, {@code /probe}, where operators reach it and clients do not. */
  public void serveOn(AdminServer admin) {
    admin.serve(ProbeEndpoint.PATH, new ProbeEndpoint(power));
  }

  public RequestMetrics requests() {
    return requests;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "unknown-host";
    }
  }

  @Override
  public void close() {
    parts.close();
  }
}
