package io.layerwatch.instrumentation.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.testing.LogRecording;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The endpoint is a stand-in, so that it can refuse and fail; the whole loop's test sends traffic
 * to the real one.
 */
class TrafficGeneratorTest {

  private static final PromptLine TEXT = new PromptLine.Text("hello");
  private static final PromptLine TOKENS = new PromptLine.Tokens(List.of(1, 2, 3));

  private final Queue<JsonNode> received = new ConcurrentLinkedQueue<>();
  private HttpServer server;

  @AfterEach
  void stop() {
    if (server != null) {
      server.stop(0);
    }
  }

  @Test
  void promptsGoRoundInBothForms() throws IOException {
    serve(request -> 200);
    try (TrafficGenerator traffic = generator(TEXT, TOKENS)) {
      await().until(() -> traffic.succeeded() >= 4);
      assertThat(traffic.failed()).isZero();
    }
    List<JsonNode> requests = received.stream().limit(4).toList();
    assertThat(requests.stream().map(request -> request.path("prompt").toString()))
        .containsExactly("\"hello\"", "[1,2,3]", "\"hello\"", "[1,2,3]");
    assertThat(requests.get(0).path("max_tokens").asInt()).isEqualTo(5);
    assertThat(requests.get(0).path("temperature").asDouble()).isEqualTo(0.8);
    assertThat(requests.get(2).path("seed")).isNotEqualTo(requests.get(0).path("seed"));
  }

  @Test
  void aServerThatFailsIsAskedAgain() throws IOException {
    serve(request -> received.size() <= 3 ? 500 : 200);
    try (TrafficGenerator traffic = generator(TEXT)) {
      await().until(() -> traffic.succeeded() >= 1);
      assertThat(traffic.failed()).isEqualTo(3);
    }
  }

  @Test
  void whatMayPassIsTriedAgain() throws IOException {
    for (int status : List.of(401, 403, 408, 429, 503)) {
      received.clear();
      serve(request -> received.size() <= 1 ? status : 200);
      try (LogRecording log = new LogRecording();
          TrafficGenerator traffic = generator(TEXT)) {
        await().until(() -> traffic.succeeded() >= 2);
        assertThat(traffic.failed()).isEqualTo(1);
        assertThat(log.warnings())
            .singleElement()
            .asString()
            .contains("prompts get no answer and are sent again: status " + status);
      }
      server.stop(0);
    }
  }

  @Test
  void aPromptThatIsRefusedIsNotSentAgain() throws IOException {
    serve(request -> request.path("prompt").isTextual() ? 400 : 200);
    try (TrafficGenerator traffic = generator(TEXT, TOKENS)) {
      await().until(() -> traffic.succeeded() >= 3);
      assertThat(traffic.failed()).isEqualTo(1);
    }
    assertThat(received).filteredOn(request -> request.path("prompt").isTextual()).hasSize(1);
  }

  @Test
  void aServerThatIsNotThereYetIsAskedUntilItIs() throws IOException {
    serve(request -> 200);
    InetSocketAddress address = server.getAddress();
    server.stop(0);
    try (LogRecording log = new LogRecording();
        TrafficGenerator traffic = generator(address, TEXT)) {
      await().until(() -> traffic.failed() >= 2);
      assertThat(log.warnings()).singleElement().asString().contains("ConnectException");
      serve(address, request -> 200);
      await().until(() -> traffic.succeeded() >= 1);
    }
  }

  @Test
  void closingStopsIt() throws IOException {
    serve(request -> 200);
    TrafficGenerator traffic = generator(TEXT);
    await().until(() -> traffic.succeeded() >= 1);
    traffic.close();
    await()
        .during(Duration.ofMillis(300))
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().startsWith("layerwatch-traffic")));
  }

  private TrafficGenerator generator(PromptLine... prompts) {
    return generator(server.getAddress(), prompts);
  }

  private static TrafficGenerator generator(InetSocketAddress address, PromptLine... prompts) {
    return new TrafficGenerator(
        URI.create("http://127.0.0.1:" + address.getPort()),
        EndpointSecurity.NONE,
        List.of(prompts),
        new TrafficGenerator.Plan(5, 0.8, 1, Duration.ofMillis(10)));
  }

  private void serve(ToIntFunction<JsonNode> status) throws IOException {
    serve(new InetSocketAddress("127.0.0.1", 0), status);
  }

  private void serve(InetSocketAddress address, ToIntFunction<JsonNode> status) throws IOException {
    server = HttpServer.create(address, 16);
    server.createContext("/v1/completions", exchange -> answer(exchange, status));
    server.start();
  }

  private void answer(HttpExchange exchange, ToIntFunction<JsonNode> status) throws IOException {
    try (exchange) {
      JsonNode request = new ObjectMapper().readTree(exchange.getRequestBody());
      received.add(request);
      exchange.sendResponseHeaders(status.applyAsInt(request), -1);
    }
  }
}
