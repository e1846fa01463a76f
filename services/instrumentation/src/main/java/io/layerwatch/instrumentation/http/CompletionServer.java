package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.chat.ChatTemplate;
import io.layerwatch.instrumentation.http.Generation.Outcome;
import io.layerwatch.instrumentation.http.Generation.Stop;
import io.layerwatch.instrumentation.http.GenerationRequest.Prompt;
import io.layerwatch.instrumentation.model.InferenceStoppedException;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.process.Lifecycle;
import io.layerwatch.runtime.process.StartException;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.settings.Port;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the model over HTTP in OpenAI's shape: {@code POST /v1/completions}, {@code POST
 * /v1/chat/completions} and {@code GET /v1/models}.
 *
 * <p>A request passes three kinds of threads, none of which waits for another: an event loop
 * receives it, a preparation thread reads and encodes it and refuses what is wrong, an inference
 * thread runs it. Each line is bounded, and who finds one full gets 429.
 */
public final class CompletionServer implements Lifecycle.Draining {

  private static final Logger LOG = LoggerFactory.getLogger(CompletionServer.class);
  private static final String COMPLETIONS = "/v1/completions";
  private static final String CHAT = "/v1/chat/completions";
  private static final String MODELS = "/v1/models";
  private static final int PREPARATION_THREADS = 2;

  private final Options options;
  private final LanguageModel model;
  private final Supplier<SequenceProbe> probes;
  private final RequestMetrics metrics;
  private final HttpListener listener;
  private final InferenceThreads<Generation> inference;
  private final Set<Generation> active = ConcurrentHashMap.newKeySet();
  private final Set<Exchange> unprepared = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor preparation;

  private volatile boolean draining;

  /**
   * Where and how to serve.
   *
   * @param concurrency requests that run at the same time
   * @param queue requests that wait for that
   * @param batch prompts at most in one pass, of requests that only want a prefill
   * @param template renders chats; without one they are refused
   * @param security guards it, and is closed with it
   */
  public record Options(
      String host,
      Port port,
      int concurrency,
      int queue,
      int batch,
      Bounds bounds,
      Optional<ChatTemplate> template,
      EndpointSecurity security) {

    /** On a free port of this machine, for tests and trials. */
    public static Options local(int concurrency) {
      return new Options(
          "127.0.0.1",
          Port.ANY,
          concurrency,
          64,
          1,
          Bounds.DEFAULT,
          Optional.empty(),
          EndpointSecurity.NONE);
    }

    public Options withQueue(int limit) {
      return new Options(host, port, concurrency, limit, batch, bounds, template, security);
    }

    public Options withBatch(int prompts) {
      return new Options(host, port, concurrency, queue, prompts, bounds, template, security);
    }

    public Options withBounds(Bounds changed) {
      return new Options(host, port, concurrency, queue, batch, changed, template, security);
    }

    public Options withTemplate(ChatTemplate rendering) {
      return new Options(
          host, port, concurrency, queue, batch, bounds, Optional.of(rendering), security);
    }

    public Options withSecurity(EndpointSecurity guard) {
      return new Options(host, port, concurrency, queue, batch, bounds, template, guard);
    }
  }

  /**
   * What one request may use.
   *
   * @param bodyBytes of its body
   * @param receive time from its first to its last byte
   * @param request time from its receipt to the end of its answer
   * @param drain time that running requests get when the server closes
   */
  public record Bounds(int bodyBytes, Duration receive, Duration request, Duration drain) {

    static final Bounds DEFAULT =
        new Bounds(1 << 20, Duration.ofSeconds(30), Duration.ofMinutes(5), Duration.ofSeconds(1));
  }

  /**
   * Starts serving.
   *
   * @param probes gives each sequence its probe
   */
  public CompletionServer(
      Options options,
      LanguageModel model,
      Supplier<SequenceProbe> probes,
      RequestMetrics metrics) {
    this.options = options;
    this.model = model;
    this.probes = probes;
    this.metrics = metrics;
    this.preparation =
        new ThreadPoolExecutor(
            PREPARATION_THREADS,
            PREPARATION_THREADS,
            0,
            TimeUnit.SECONDS,
            // No more bodies than requests that could run and wait.
            new LinkedBlockingQueue<>(options.concurrency() + options.queue()),
            task -> new Thread(task, "layerwatch-prepare"));
    this.inference =
        new InferenceThreads<>(
            options.concurrency(),
            options.queue(),
            new GenerationRunner(options.batch(), model, probes, metrics));
    try {
      listener =
          options
              .port()
              .bind(
                  port ->
                      new HttpListener(
                          new InetSocketAddress(options.host(), port),
                          options.security(),
                          options.bounds().bodyBytes(),
                          options.bounds().receive(),
                          this::received));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      inference.close();
      throw new StartException("interrupted", e);
    } catch (Exception e) {
      // Netty throws what the socket does, checked or not.
      inference.close();
      throw new StartException(
          "instrumentation.http.port: cannot listen on "
              + options.host()
              + ":"
              + options.port().number()
              + ": "
              + e.getMessage(),
          e);
    }
    options.security().watch();
    metrics.show(unprepared::size, inference::waiting, inference::running);
  }

  public int port() {
    return listener.port();
  }

  /** On an event loop. */
  private void received(Exchange exchange, Optional<ApiException> problem) {
    try {
      problem.ifPresent(
          refusal -> {
            throw refusal;
          });
      route(exchange);
    } catch (ApiException e) {
      refuse(exchange, e);
    }
  }

  private void route(Exchange exchange) {
    String path = exchange.path();
    if (path.equals(COMPLETIONS) || path.equals(CHAT)) {
      require("POST", exchange);
      admit(exchange);
    } else if (path.equals(MODELS)) {
      require("GET", exchange);
      ObjectNode list = JsonNodeFactory.instance.objectNode().put("object", "list");
      list.putArray("data").add(served());
      answer(exchange, list);
    } else if (path.equals(MODELS + "/" + model.id().name())) {
      require("GET", exchange);
      answer(exchange, served());
    } else if (path.startsWith(MODELS + "/")) {
      throw ApiException.modelNotFound(model.id().name(), path.substring(MODELS.length() + 1));
    } else {
      throw ApiException.refused(
          404,
          "unknown_url",
          "expected " + COMPLETIONS + ", " + CHAT + " or " + MODELS + ", got " + path);
    }
  }

  private static void require(String method, Exchange exchange) {
    if (!exchange.method().equals(method)) {
      throw ApiException.refused(
          405, "method_not_allowed", "expected " + method + ", got " + exchange.method());
    }
  }

  private ObjectNode served() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", model.id().name())
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", "layerwatch")
        .put("revision", model.id().revision());
  }

  private void admit(Exchange exchange) {
    if (draining) {
      throw ApiException.stopping();
    }
    if (inference.isFull()) {
      throw queueIsFull();
    }
    unprepared.add(exchange);
    try {
      preparation.execute(() -> prepare(exchange));
    } catch (RejectedExecutionException e) {
      unprepared.remove(exchange);
      throw draining ? ApiException.stopping() : queueIsFull();
    }
  }

  private ApiException queueIsFull() {
    return ApiException.tooMany(
        "expected at most "
            + options.concurrency()
            + " requests running and "
            + options.queue()
            + " waiting");
  }

  /** On a preparation thread. */
  private void prepare(Exchange exchange) {
    Optional<ApiException> problem = Optional.empty();
    Optional<GenerationRequest> request = Optional.empty();
    try {
      request = Optional.of(read(exchange));
    } catch (ApiException e) {
      problem = Optional.of(e);
    } catch (InferenceStoppedException e) {
      problem = Optional.of(ApiException.stopping());
    } catch (RuntimeException | Error e) {
      LOG.error("a request failed", e);
      problem = Optional.of(ApiException.failed());
    }
    // Whoever takes it out answers it: this thread, or the one that closes.
    if (unprepared.remove(exchange)) {
      problem.ifPresent(known -> refuse(exchange, known));
      request.ifPresent(known -> submitOrRefuse(exchange, known));
    }
  }

  private GenerationRequest read(Exchange exchange) {
    Parameters parameters =
        PrefillOnly.applied(exchange.prefillOnly(), Parameters.of(exchange.body()));
    GenerationRequest request =
        model.use(
            () ->
                isChat(exchange)
                    ? ChatRequest.read(parameters, model, options.template())
                    : CompletionRequest.read(parameters, model));
    for (Prompt prompt : request.prompts()) {
      model
          .problemWith(prompt.tokens().stream().mapToInt(Integer::intValue).toArray())
          .ifPresent(CompletionServer::refusePrompt);
    }
    return request;
  }

  private static boolean isChat(Exchange exchange) {
    return exchange.path().equals(CHAT);
  }

  private void submitOrRefuse(Exchange exchange, GenerationRequest request) {
    try {
      submit(exchange, request, isChat(exchange) ? AnswerFormat.CHAT : AnswerFormat.COMPLETION);
    } catch (ApiException e) {
      refuse(exchange, e);
    } catch (RejectedExecutionException e) {
      // Its time limit cannot be scheduled any more.
      refuse(exchange, ApiException.stopping());
    }
  }

  private static void refusePrompt(String problem) {
    String[] parts = problem.split(": ", 2);
    throw ApiException.badRequest(parts[0], parts[1]);
  }

  private void submit(Exchange exchange, GenerationRequest request, AnswerFormat format) {
    Answer.Envelope envelope = Answer.Envelope.of(format, model.id().name());
    Answer answer =
        request.stream()
            ? new Answer.Streamed(exchange, envelope, request.includeUsage())
            : new Answer.Whole(exchange, envelope);
    Ending ending = new Ending(exchange);
    Generation generation = new Generation(request, model, probes, answer, metrics, ending::ended);
    ending.generation = generation;
    active.add(generation);
    ending.deadline =
        Optional.of(
            listener.schedule(() -> generation.stop(Stop.TIME_LIMIT), options.bounds().request()));
    if (!generation.submitTo(inference)) {
      ending.release();
      throw draining ? ApiException.stopping() : queueIsFull();
    }
    exchange.onGone(() -> generation.stop(Stop.CLIENT_GONE));
  }

  /** Ends an exchange as its generation ended. */
  private final class Ending {

    private final Exchange exchange;
    private Optional<Future<?>> deadline = Optional.empty();
    private Generation generation;

    Ending(Exchange exchange) {
      this.exchange = exchange;
    }

    void release() {
      deadline.ifPresent(scheduled -> scheduled.cancel(false));
      active.remove(generation);
    }

    void ended(Outcome outcome) {
      release();
      if (outcome instanceof Outcome.Answered) {
        metrics.countRequest(exchange.path(), 200);
      } else if (outcome instanceof Outcome.Stopped stopped) {
        switch (stopped.reason()) {
          case CLIENT_GONE -> abandon();
          case TIME_LIMIT -> refuse(exchange, timedOut());
          case SHUTDOWN -> refuse(exchange, ApiException.stopping());
        }
      } else if (outcome instanceof Outcome.Failed failed) {
        LOG.error("a request failed", failed.error());
        refuse(exchange, ApiException.failed());
      }
    }

    private void abandon() {
      metrics.countRequest(exchange.path(), 499);
      exchange.cut();
    }

    private ApiException timedOut() {
      return ApiException.timedOut(
          "expected to be done within " + options.bounds().request().toMillis() / 1000.0 + " s");
    }
  }

  private void answer(Exchange exchange, JsonNode body) {
    metrics.countRequest(endpoint(exchange), 200);
    exchange.answer(200, body, Map.of());
  }

  private void refuse(Exchange exchange, ApiException problem) {
    metrics.countRequest(endpoint(exchange), problem.status());
    if (exchange.begun()) {
      exchange.breakEvents(problem.body());
      return;
    }
    Map<String, String> headers = new HashMap<>();
    switch (problem.status()) {
      case 429 -> headers.put("Retry-After", ApiException.RETRY_AFTER_SECONDS);
      case 503 -> {
        headers.put("Retry-After", ApiException.RETRY_AFTER_SECONDS);
        headers.put("Connection", "close");
      }
      case 401 -> {
        headers.put("WWW-Authenticate", "Bearer");
        // Strangers' connections would keep those away that are served.
        headers.put("Connection", "close");
      }
      case 405 -> headers.put("Allow", exchange.path().startsWith(MODELS) ? "GET" : "POST");
      // Another try would take as long.
      case 408 -> headers.put("x-should-retry", "false");
      default -> {}
    }
    exchange.answer(problem.status(), problem.body(), headers);
  }

  /** A label of few values, whatever clients ask for. */
  private static String endpoint(Exchange exchange) {
    String path = exchange.path();
    if (path.equals(COMPLETIONS) || path.equals(CHAT)) {
      return path;
    }
    return path.equals(MODELS) || path.startsWith(MODELS + "/") ? MODELS : "other";
  }

  @Override
  public Duration drainsWithin() {
    return options.bounds().drain();
  }

  /**
   * Turns new requests away, lets admitted ones end for as long as the bounds say, then stops them.
   */
  @Override
  public void close() {
    draining = true;
    long end = System.nanoTime() + options.bounds().drain().toNanos();
    preparation.shutdown();
    if (!awaitPrepared(options.bounds().drain())
        || !inference.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
      LOG.info("stopping {} requests that are not done", active.size() + unprepared.size());
    }
    for (Exchange exchange : List.copyOf(unprepared)) {
      if (unprepared.remove(exchange)) {
        refuse(exchange, ApiException.stopping());
      }
    }
    active.forEach(generation -> generation.stop(Stop.SHUTDOWN));
    inference.close();
    listener.close();
    options.security().close();
  }

  private boolean awaitPrepared(Duration atMost) {
    try {
      return preparation.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
