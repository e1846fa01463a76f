package io.layerwatch.benchmarks.memory;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/** Clients that ask for every kind of answer until so many requests and tokens are reached. */
final class Clients implements AutoCloseable {

  private static final String LAST_EVENTS = "\n\ndata: [DONE]\n\n";

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ObjectMapper json = new ObjectMapper();
  private final URI server;
  private final int count;
  private final ExecutorService threads;
  private final Random random = new Random(1);
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong tokens = new AtomicLong();

  Clients(int port, int count) {
    server = URI.create("http://127.0.0.1:" + port);
    this.count = count;
    threads = Executors.newFixedThreadPool(count);
  }

  long requests() {
    return requests.get();
  }

  /** Generated so far, prompts not counted. */
  long tokens() {
    return tokens.get();
  }

  /** Goes on until that many were answered and generated, and all answers are there. */
  void reach(long moreRequests, long moreTokens) {
    Callable<Void> client =
        () -> {
          while (requests.get() < moreRequests || tokens.get() < moreTokens) {
            // Whatever is behind its share is what the next request brings.
            send(draw(tokens.get() * moreRequests < requests.get() * moreTokens));
          }
          return null;
        };
    List<Future<Void>> running = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      running.add(threads.submit(client));
    }
    try {
      for (Future<Void> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private record Drawn(RequestKind kind, HttpRequest request) {}

  private synchronized Drawn draw(boolean isLong) {
    RequestKind[] kinds = RequestKind.values();
    RequestKind kind = kinds[random.nextInt(kinds.length)];
    while (kind.isLong() != isLong) {
      kind = kinds[random.nextInt(kinds.length)];
    }
    return new Drawn(
        kind,
        HttpRequest.newBuilder(server.resolve(kind.path()))
            .POST(BodyPublishers.ofString(kind.body(random).toString()))
            .build());
  }

  private void send(Drawn drawn) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(drawn.request(), BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IllegalStateException(
          drawn.kind() + ": expected 200, got " + response.statusCode() + ": " + response.body());
    }
    String last = response.body();
    if (last.endsWith(LAST_EVENTS)) {
      last = last.substring(0, last.length() - LAST_EVENTS.length());
      last = last.substring(last.lastIndexOf("data: ") + "data: ".length());
    }
    tokens.addAndGet(json.readTree(last).at("/usage/completion_tokens").asLong());
    requests.incrementAndGet();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
