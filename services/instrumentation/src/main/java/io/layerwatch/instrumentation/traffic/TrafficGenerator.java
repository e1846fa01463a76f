package io.layerwatch.instrumentation.traffic;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.layerwatch.instrumentation.PromptLine;
import io.layerwatch.runtime.security.EndpointSecurity;
import io.layerwatch.runtime.security.ServerAccess;
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
  private static final int SHOWN_CHARACTERS = 300;

  /** A failure that was not seen for so long. */
  private static final Duration OVER = Duration.ofSeconds(10);

  /** What is wrong with the request itself; anything else may pass. */
  private static final Set<Integer> LASTING = Set.of(400, 404, 413, 422);

  private final URI endpoint;
  private volatile Prompts prompts;
  private Runnable onProblem = () -> {};
  private final Plan plan;
  private final ServerAccess access;
  private final HttpClient client;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicReference<Optional<String>> problem = new AtomicReference<>(Optional.empty());
  private final Failures failures = new Failures(OVER, System::nanoTime);
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
   * Starts sending to a server of this process.
   *
   * @param server base address
   * @param security of that server
   */
  public TrafficGenerator(
      URI server, EndpointSecurity security, List<PromptLine> prompts, Plan plan) {
    this(server, ServerAccess.of(security), prompts, plan);
  }

  /**
   * Starts sending.
   *
   * @param server base address
   * @param access to that server
   */
  public TrafficGenerator(URI server, ServerAccess access, List<PromptLine> prompts, Plan plan) {
    this.access = access;
    this.client =
        access.trust().apply(HttpClient.newBuilder()).connectTimeout(Duration.ofSeconds(5)).build();
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
  public synchronized void switchTo(List<PromptLine> others) {
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
        access
            .authorization()
            .apply(HttpRequest.newBuilder(endpoint))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(body.toString()))
            .build();
    try {
      var response = client.send(request, BodyHandlers.ofString());
      if (response.statusCode() == 200) {
        succeeded.incrementAndGet();
        failures.answered();
      } else {
        failed.incrementAndGet();
        String answer = shown(response.body());
        if (LASTING.contains(response.statusCode())) {
          refuse(sent, index, response.statusCode() + " " + answer);
        } else {
          failures.seen("status " + response.statusCode(), endpoint + " " + answer);
        }
      }
    } catch (IOException e) {
      failed.incrementAndGet();
      failures.seen(e.getClass().getSimpleName(), endpoint + " " + cause(e));
    }
  }

  private static String shown(String answer) {
    String line = answer.replaceAll("\\p{Cntrl}+", " ").strip();
    return line.substring(0, Math.min(line.length(), SHOWN_CHARACTERS));
  }

  /** The JDK's exceptions often have a message only deeper down. */
  private static String cause(Throwable thrown) {
    if (thrown.getMessage() != null) {
      return thrown.getMessage();
    }
    return thrown.getCause() == null ? thrown.toString() : cause(thrown.getCause());
  }

  /** What the server will never take is said once and not sent again. */
  private void refuse(Prompts sent, int index, String answer) {
    int count = sent.lines().size();
    if (!sent.refused().add(index)) {
      return;
    }
    LOG.warn("prompt {} of {} is refused and not sent again: {}", index + 1, count, answer);
    if (sent.refused().size() == count) {
      nothingIsLeft(sent, "every prompt was refused, the last one with " + answer);
    }
  }

  private synchronized void nothingIsLeft(Prompts sent, String why) {
    if (sent.equals(prompts)) {
      LOG.error("every prompt was refused: nothing is left to send");
      problem.set(Optional.of(why));
      onProblem.run();
    }
  }

  /** Runs the action whenever nothing is left to send; at once, where that is so. */
  public synchronized void onProblem(Runnable action) {
    onProblem = action;
    if (problem().isPresent()) {
      action.run();
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
