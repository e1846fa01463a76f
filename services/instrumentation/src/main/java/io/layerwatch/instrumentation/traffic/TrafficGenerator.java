package io.layerwatch.instrumentation.traffic;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.runtime.security.EndpointSecurity;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends prompts to {@code POST /v1/completions}, over and over, one after the other on each of a
 * few threads, with a pause between.
 */
public final class TrafficGenerator implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TrafficGenerator.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI endpoint;
  private volatile Prompts prompts;
  private final Plan plan;
  private final EndpointSecurity security;
  private final HttpClient client;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Optional<String>> problem = new AtomicReference<>(Optional.empty());
  private final AtomicLong next = new AtomicLong();
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  /**
   * What to send.
   *
   * @param maxTokens tokens asked for with each prompt
   * @param temperature of the sampling
   * @param clients threads that send at the same time
   * @param pause of a thread between two requests
   */
  public record Plan(int maxTokens, double temperature, int clients, Duration pause) {}

  /** What is sent, and the places of what the server will never take. */
  private record Prompts(List<PromptLine> lines, Set<Integer> refused) {

    static Prompts of(List<PromptLine> lines) {
      return new Prompts(List.copyOf(lines), ConcurrentHashMap.newKeySet());
    }
  }

  /**
   * Starts sending.
   *
   * @param server base address
   * @param security of that server, which is one of this process
   */
  public TrafficGenerator(
      URI server, EndpointSecurity security, List<PromptLine> prompts, Plan plan) {
    this.security = security;
    this.client =
        security.trusted(HttpClient.newBuilder()).connectTimeout(Duration.ofSeconds(5)).build();
    this.endpoint = server.resolve("/v1/completions");
    this.prompts = Prompts.of(prompts);
    this.plan = plan;
    for (int i = 0; i < plan.clients(); i++) {
      Thread thread = new Thread(this::run, "layerwatch-traffic-" + i);
      thread.setDaemon(true);
      threads.add(thread);
      thread.start();
    }
  }

  /** Sends these from now on. */
  public void switchTo(List<PromptLine> others) {
    prompts = Prompts.of(others);
    problem.set(Optional.empty());
  }

  private void run() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        send(next.getAndIncrement());
        Thread.sleep(plan.pause().toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void send(long number) throws InterruptedException {
    Prompts sent = prompts;
    int index = (int) (number % sent.lines().size());
    if (sent.refused().contains(index)) {
      return;
    }
    PromptLine prompt = sent.lines().get(index);
    ObjectNode body =
        JSON.createObjectNode()
            .put("max_tokens", plan.maxTokens())
            .put("temperature", plan.temperature())
            .put("seed", number);
    if (prompt instanceof PromptLine.Text line) {
      body.put("prompt", line.text());
    } else if (prompt instanceof PromptLine.Tokens line) {
      line.ids().forEach(body.withArray("prompt")::add);
    }
    HttpRequest request =
        security
            .authorized(HttpRequest.newBuilder(endpoint))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    try {
      var response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        succeeded.incrementAndGet();
      } else {
        failed.incrementAndGet();
        refuse(sent, index, response.statusCode(), response.body());
      }
    } catch (IOException e) {
      failed.incrementAndGet();
      LOG.debug("a prompt got no answer", e);
    }
  }

  /** What the server will never take is said once and not sent again. */
  private void refuse(Prompts sent, int index, int status, String answer) {
    int count = sent.lines().size();
    boolean lasting = status >= 400 && status < 500 && status != 401;
    if (lasting && sent.refused().add(index)) {
      LOG.warn("prompt {} of {} is refused and not sent again: {}", index + 1, count, answer);
      if (sent.refused().size() == count) {
        problem.set(Optional.of("every prompt was refused, the last one with " + answer));
        LOG.error("every prompt was refused: nothing is left to send");
      }
    }
  }

  /** Why nothing is sent any more, if so. */
  public Optional<String> problem() {
    return problem.get();
  }

  /** Requests answered with a completion. */
  public long succeeded() {
    return succeeded.get();
  }

  /** Requests refused or not answered. */
  public long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    threads.forEach(Thread::interrupt);
  }
}
