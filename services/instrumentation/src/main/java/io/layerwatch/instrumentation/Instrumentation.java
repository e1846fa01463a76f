package io.layerwatch.instrumentation;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.instrumentation.http.CompletionServer;
import io.layerwatch.instrumentation.http.RequestMetrics;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.instrumentation.probe.ActivationProbe;
import io.layerwatch.instrumentation.probe.ObservingSequenceProbe;
import io.layerwatch.instrumentation.publish.SummaryAccumulator;
import io.layerwatch.instrumentation.publish.SummaryPublisher;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.topics.Topics;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The instrumentation service: a model behind HTTP, probes on every pass, summaries to Kafka. */
public final class Instrumentation implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Instrumentation.class);

  private final Lifecycle parts = new Lifecycle();
  private final LanguageModel model;
  private final SummaryPublisher publisher;
  private final CompletionServer server;
  private final RequestMetrics requests;
  private final Counter probeErrors;
  private final Counter unobservedTokens;
  private final String instance;

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
    this.requests = new RequestMetrics(registry);
    this.probeErrors =
        Counter.builder()
            .name("layerwatch_probe_errors_total")
            .help("Observations that failed; the inference went on.")
            .register(registry);
    this.unobservedTokens =
        Counter.builder()
            .name("layerwatch_probe_unobserved_tokens_total")
            .help("Tokens passed through the model whose observation failed.")
            .register(registry);
    try {
      this.model =
          parts.add(
              "model",
              LanguageModel.load(
                  new LanguageModel.Source(
                      settings.modelDirectory(), settings.modelName(), settings.modelRevision()),
                  settings.device()));
      double[] thresholds =
          settings.thresholds().stream().mapToDouble(Double::doubleValue).toArray();
      ActivationProbe probe = new ActivationProbe(settings.sites(), thresholds);
      SummaryAccumulator accumulator =
          new SummaryAccumulator(
              clock,
              settings.flushInterval(),
              settings.sites(),
              thresholds,
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
                      settings.backlogWindows()),
                  topics.activationSummaries(),
                  kafka,
                  registry));
      this.server =
          parts.add(
              "API",
              new CompletionServer(
                  new CompletionServer.Options(
                      settings.host(), settings.port(), settings.concurrency()),
                  model,
                  () -> new ObservingSequenceProbe(probe, publisher::observe, this::probeFailed),
                  requests));
    } catch (RuntimeException e) {
      parts.close();
      throw e;
    }
    LOG.info("serving {} on port {} as instance {}", model.id(), server.port(), instance);
  }

  private void probeFailed(long tokens, RuntimeException error) {
    probeErrors.inc();
    unobservedTokens.inc(tokens);
    LOG.warn("an observation failed; the inference goes on", error);
  }

  public ModelId model() {
    return model.id();
  }

  /** Port of the API. */
  public int port() {
    return server.port();
  }

  /** This process start: host and start id. */
  public String instance() {
    return instance;
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
