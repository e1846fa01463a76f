package io.layerwatch.instrumentation.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.layerwatch.instrumentation.generate.Detokenizer;
import io.layerwatch.instrumentation.generate.TextGenerator;
import io.layerwatch.instrumentation.generate.TextGenerator.Completion;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.layerwatch.runtime.process.HttpServers;
import io.layerwatch.runtime.process.StartException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the model over HTTP in OpenAI's shape: {@code POST /v1/completions} and {@code GET
 * /v1/models}. As many completions run at the same time as there are inference threads; others wait
 * their turn. A client that is slow to send its request is cut off ({@link HttpServers}), and until
 * then takes one of as many connection threads as there are.
 */
public final class CompletionServer implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(CompletionServer.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String COMPLETIONS = "/v1/completions";
  private static final String MODELS = "/v1/models";
  private static final int LARGEST_BODY = 1 << 20;
  private static final int LARGEST_DISCARDED = 64 << 20;
  private static final int CONNECTION_THREADS = 64;

  private final LanguageModel model;
  private final TextGenerator generator;
  private final Supplier<SequenceProbe> probes;
  private final RequestMetrics metrics;
  private final HttpServer server;
  private final InferenceThreads inference;
  private final ExecutorService connections = Executors.newFixedThreadPool(CONNECTION_THREADS);

  /** Where and how to serve. */
  public record Options(String host, int port, int concurrency) {}

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
    this.model = model;
    this.generator = new TextGenerator(model);
    this.probes = probes;
    this.metrics = metrics;
    try {
      server = HttpServers.listening(options.host(), options.port());
    } catch (IOException e) {
      throw new StartException(
          "instrumentation.http.port: cannot listen on "
              + options.host()
              + ":"
              + options.port()
              + ": "
              + e.getMessage(),
          e);
    }
    inference = new InferenceThreads(options.concurrency());
    server.setExecutor(connections);
    server.createContext("/", this::answer);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      int status = 200;
      ObjectNode body;
      try {
        body = route(exchange);
      } catch (ApiException e) {
        status = e.status();
        body = error(e.getMessage(), status < 500 ? "invalid_request_error" : "server_error");
      } catch (RuntimeException e) {
        LOG.error("a request failed", e);
        status = 500;
        body = error("the request failed unexpectedly", "server_error");
      }
      metrics.countRequest(status);
      byte[] bytes = JSON.writeValueAsBytes(body);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private ObjectNode route(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals(COMPLETIONS)) {
      require("POST", exchange);
      return complete(exchange);
    }
    if (path.equals(MODELS)) {
      require("GET", exchange);
      return models();
    }
    if (path.equals(MODELS + "/" + model.id().name())) {
      require("GET", exchange);
      return served();
    }
    throw new ApiException(404, "expected " + COMPLETIONS + " or " + MODELS + ", got " + path);
  }

  private static void require(String method, HttpExchange exchange) {
    if (!exchange.getRequestMethod().equals(method)) {
      throw new ApiException(405, "expected " + method + ", got " + exchange.getRequestMethod());
    }
  }

  private ObjectNode complete(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(LARGEST_BODY + 1);
    if (body.length > LARGEST_BODY) {
      discard(exchange.getRequestBody());
      throw new ApiException(413, "body: expected at most " + LARGEST_BODY + " bytes");
    }
    String name = model.id().name();
    CompletionRequest request = CompletionRequest.parse(body, name);
    Served served = inference.run(() -> model.use(() -> serve(request)));
    ObjectNode answer = JSON.createObjectNode();
    answer
        .put("id", "cmpl-" + UUID.randomUUID())
        .put("object", "text_completion")
        .put("created", Instant.now().getEpochSecond())
        .put("model", name);
    answer
        .putArray("choices")
        .addObject()
        .put("index", 0)
        .put("text", served.text())
        .put("finish_reason", served.endedByModel() ? "stop" : "length")
        .putNull("logprobs");
    answer
        .putObject("usage")
        .put("prompt_tokens", served.promptTokens())
        .put("completion_tokens", served.completionTokens())
        .put("total_tokens", served.promptTokens() + served.completionTokens());
    return answer;
  }

  private record Served(
      int promptTokens, int completionTokens, String text, boolean endedByModel) {}

  /** Everything that needs the model, its tokenizer too: none of it may be freed meanwhile. */
  private Served serve(CompletionRequest request) {
    int[] prompt = request.prompt().encode(model.tokenizer());
    model
        .problemWith(prompt)
        .ifPresent(
            problem -> {
              throw ApiException.badRequest(problem);
            });
    long start = System.nanoTime();
    Completion completion =
        generator.complete(prompt, request.maxTokens(), request.sampling(), probes.get());
    metrics.countTokens(
        prompt.length, completion.tokens().size(), (System.nanoTime() - start) / 1e9);
    Detokenizer detokenizer = new Detokenizer(model.tokenizer(), prompt);
    StringBuilder parts = new StringBuilder();
    completion.tokens().forEach(token -> parts.append(detokenizer.add(token)));
    String text = parts.append(detokenizer.end()).toString();
    return new Served(prompt.length, completion.tokens().size(), text, completion.endedByModel());
  }

  /** Takes what a client still sends: it would lose the answer with the connection. */
  private static void discard(InputStream rest) throws IOException {
    byte[] buffer = new byte[1 << 16];
    int discarded = 0;
    int read = 0;
    while (read >= 0 && discarded < LARGEST_DISCARDED) {
      read = rest.read(buffer);
      discarded += read;
    }
  }

  private ObjectNode models() {
    ObjectNode answer = JSON.createObjectNode().put("object", "list");
    answer.putArray("data").add(served());
    return answer;
  }

  private ObjectNode served() {
    return JSON.createObjectNode()
        .put("id", model.id().name())
        .put("object", "model")
        .put("owned_by", "layerwatch")
        .put("revision", model.id().revision());
  }

  private static ObjectNode error(String message, String type) {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("error").put("message", message).put("type", type).putNull("code");
    return body;
  }

  /** Takes no new requests; lets running ones end for a second, then stops them. */
  @Override
  public void close() {
    server.stop(1);
    inference.close();
    connections.shutdownNow();
  }
}
