package io.layerwatch.benchmarks.prefill;

import io.layerwatch.instrumentation.http.CompletionServer;
import io.layerwatch.instrumentation.http.RequestMetrics;
import io.layerwatch.instrumentation.model.LanguageModel;
import io.layerwatch.probe.SequenceProbe;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A server that passes so many prompts at once, and its clients. */
final class PrefillServer implements AutoCloseable {

  /** The service's default. */
  private static final int CONCURRENCY = 2;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final LanguageModel model;
  private final int batch;
  private final CompletionServer server;
  private final ExecutorService clients;

  PrefillServer(LanguageModel model, int batch, int clients) {
    this.model = model;
    this.batch = batch;
    this.server =
        new CompletionServer(
            CompletionServer.Options.local(CONCURRENCY).withQueue(clients).withBatch(batch),
            model,
            () -> SequenceProbe.NONE,
            new RequestMetrics(new PrometheusRegistry()));
    this.clients = Executors.newFixedThreadPool(clients);
  }

  int batch() {
    return batch;
  }

  /** Sends as many requests as the clients can, and waits for all answers. */
  double promptsPerSecond(int requests, int length, int seed) {
    List<HttpRequest> prepared = requests(requests, length, new Random(seed));
    long start = System.nanoTime();
    List<Future<HttpResponse<String>>> answers = new ArrayList<>();
    for (HttpRequest request : prepared) {
      answers.add(clients.submit(() -> http.send(request, BodyHandlers.ofString())));
    }
    for (Future<HttpResponse<String>> answer : answers) {
      requireAnswered(answer);
    }
    return requests / ((System.nanoTime() - start) / 1e9);
  }

  private List<HttpRequest> requests(int count, int length, Random random) {
    URI address = URI.create("http://127.0.0.1:" + server.port() + "/v1/completions");
    List<HttpRequest> requests = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Integer> prompt =
          random.ints(length, 0, model.config().vocabularySize()).boxed().toList();
      requests.add(
          HttpRequest.newBuilder(address)
              .POST(BodyPublishers.ofString("{\"prompt\": " + prompt + ", \"max_tokens\": 0}"))
              .build());
    }
    return requests;
  }

  private static void requireAnswered(Future<HttpResponse<String>> answer) {
    try {
      HttpResponse<String> response = answer.get();
      if (response.statusCode() != 200) {
        throw new IllegalStateException(response.statusCode() + ": " + response.body());
      }
    } catch (ExecutionException e) {
      throw new UncheckedIOException(new IOException(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    clients.shutdownNow();
    server.close();
  }
}
