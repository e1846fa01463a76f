package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One client of a soak, which sends good requests, or is rude in between. */
final class SoakClient implements Runnable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient http;
  private final URI server;
  private final KnownAnswers answers;
  private final SoakTally tally;
  private final Random random;
  private final Manners manners;
  private final Until until;

  /**
   * When a client ends.
   *
   * @param done whether to send nothing new
   * @param closing whether the server has been told to close: from then on it may refuse
   */
  record Until(BooleanSupplier done, BooleanSupplier closing) {}

  /** What a client does when it is not good. */
  interface Manners {

    Manners ALWAYS_GOOD = () -> false;

    /** Does something bad, or not; returns whether it did. */
    boolean lapse() throws IOException;
  }

  SoakClient(
      HttpClient http,
      int port,
      KnownAnswers answers,
      SoakTally tally,
      Random random,
      Manners manners,
      Until until) {
    this.http = http;
    this.server = URI.create("http://127.0.0.1:" + port);
    this.answers = answers;
    this.tally = tally;
    this.random = random;
    this.manners = manners;
    this.until = until;
  }

  @Override
  public void run() {
    boolean served = true;
    while (served && !until.done.getAsBoolean()) {
      try {
        served = manners.lapse() || isServed(answers.draw(random));
      } catch (AssertionError | IOException | RuntimeException e) {
        tally.fail(e.toString());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  /**
   * Sends it until there is room, and holds the answer against what is known; false when the server
   * is closing and takes nothing more.
   */
  private boolean isServed(GoodRequest request) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      boolean closing = until.closing.getAsBoolean();
      HttpResponse<String> response;
      try {
        response = send(request);
      } catch (IOException e) {
        assertThat(closing).as("%s: %s", request.kind(), e).isTrue();
        tally.count("closing: refused");
        return false;
      }
      if (response.statusCode() == 503) {
        assertThat(until.closing.getAsBoolean()).as("closing").isTrue();
        tally.count("closing: 503");
        return false;
      }
      if (response.statusCode() != 429) {
        assertThat(response.statusCode()).as("%s: %s", request, response.body()).isEqualTo(200);
        tally.count("tokens", check(request, response.body()));
        tally.count("good: " + request.kind());
        return true;
      }
      assertThat(response.headers().firstValue("Retry-After")).contains("1");
      tally.count("good, no room (429), sent again");
      TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000));
    }
    throw new AssertionError("no room for " + PATIENCE + ": " + request);
  }

  private static int check(GoodRequest request, String body) {
    try {
      return request.check(body);
    } catch (AssertionError e) {
      throw new AssertionError(request + " got " + body + ": " + e.getMessage(), e);
    }
  }

  private HttpResponse<String> send(GoodRequest request) throws IOException, InterruptedException {
    HttpRequest.Builder builder =
        HttpRequest.newBuilder(server.resolve(request.path()))
            .timeout(PATIENCE)
            .POST(BodyPublishers.ofString(request.body().toString()));
    request.headers().forEach(builder::header);
    return http.send(builder.build(), BodyHandlers.ofString());
  }
}
