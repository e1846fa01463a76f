package io.layerwatch.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** What badly behaved clients do, each on a socket of its own, and what they are to be told. */
final class RudeClient implements SoakClient.Manners {

  private static final double SHARE = 0.25;

  private static final int PATIENCE_MILLIS = 60_000;
  private static final String LONG =
      "{\"prompt\": \"KING:\\n\", \"max_tokens\": 200, \"temperature\": 1%s}";

  private final int port;
  private final int bodyLimit;
  private final Duration receiveTimeout;
  private final SoakTally tally;
  private final Random random;

  /** Bad requests with the status that each gets. */
  private record Bad(int status, String body) {}

  private static final List<Bad> WRONG =
      List.of(
          new Bad(400, "{\"prompt\": \"a\", \"max_tokens\": -1}"),
          new Bad(400, "{\"prompt\": \"a\", \"max_tokens\": \"many\"}"),
          new Bad(400, "{\"prompt\": [9999]}"),
          new Bad(400, "{\"prompt\": []}"),
          new Bad(400, "{\"prompt\": {}}"),
          new Bad(400, "{}"),
          new Bad(400, "{\"prompt\": \"a\", \"temperature\": -1}"),
          new Bad(400, "{\"prompt\": \"a\", \"logprobs\": 6}"),
          new Bad(400, "{\"prompt\": \"a\", \"n\": 2}"),
          new Bad(400, "{\"prompt\": \"a\", \"unheard_of\": 1}"),
          new Bad(400, "{\"prompt\": \"" + "long ".repeat(200) + "\"}"),
          new Bad(404, "{\"prompt\": \"a\", \"model\": \"another\"}"));

  private static final List<String> MALFORMED =
      List.of(
          "", "{", "[1, 2]", "no JSON", "{\"prompt\": \"a\"", "{\"prompt\": \"\u0000\"}", "1e9");

  RudeClient(int port, int bodyLimit, Duration receiveTimeout, SoakTally tally, Random random) {
    this.port = port;
    this.bodyLimit = bodyLimit;
    this.receiveTimeout = receiveTimeout;
    this.tally = tally;
    this.random = random;
  }

  @Override
  public boolean lapse() throws IOException {
    boolean lapses = random.nextDouble() < SHARE;
    if (lapses) {
      misbehave();
    }
    return lapses;
  }

  private void misbehave() throws IOException {
    switch (random.nextInt(15)) {
      case 0, 1, 2 -> malformed();
      case 3, 4, 5 -> wrong();
      case 6 -> elsewhere();
      case 7 -> oversize();
      case 8, 9 -> abortSending();
      case 10, 11 -> abortWaiting();
      case 12, 13 -> abortStream();
      default -> stall();
    }
  }

  private void malformed() throws IOException {
    tell("malformed", 400, post("", MALFORMED.get(random.nextInt(MALFORMED.size()))));
  }

  private void wrong() throws IOException {
    Bad bad = WRONG.get(random.nextInt(WRONG.size()));
    tell("wrong parameter", bad.status, post("", bad.body));
  }

  private void elsewhere() throws IOException {
    switch (random.nextInt(4)) {
      case 0 ->
          tell("wrong path", 404, "GET /etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      case 1 ->
          tell(
              "wrong method",
              405,
              "DELETE /v1/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      case 2 -> tell("compressed", 415, post("Content-Encoding: gzip\r\n", "{}"));
      default -> tell("not HTTP", 400, "\u0016\u0003\u0001 what is this\r\n\r\n");
    }
  }

  private void oversize() throws IOException {
    String body = "x".repeat(bodyLimit + 1 + random.nextInt(bodyLimit));
    if (random.nextBoolean()) {
      tell("oversize", 413, post("", body));
    } else {
      String chunk = Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
      tell(
          "oversize, chunked",
          413,
          "POST /v1/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + chunk);
    }
  }

  /** Sends it all and is told what is wrong, or that there is no room. */
  private void tell(String kind, int status, String request) throws IOException {
    try (Socket socket = connect()) {
      send(socket, request);
      String answer = readAll(socket);
      if (answer.startsWith("HTTP/1.1 429 ")) {
        tally.count("bad, no room (429)");
        return;
      }
      assertThat(answer).as(kind).startsWith("HTTP/1.1 " + status + " ").contains("\"error\"");
      tally.count("bad: " + kind + " (" + status + ")");
    }
  }

  private void abortSending() throws IOException {
    try (Socket socket = connect()) {
      String request = post("", "{\"prompt\": \"" + "x".repeat(bodyLimit / 2) + "\"}");
      send(socket, request.substring(0, 20 + random.nextInt(request.length() - 20)));
      leave(socket);
    }
    tally.count("aborted: while sending");
  }

  private void abortWaiting() throws IOException {
    try (Socket socket = connect()) {
      send(socket, post("", LONG.formatted("")));
      LockSupport.parkNanos(random.nextInt(50_000_000));
      leave(socket);
    }
    tally.count("aborted: while waiting");
  }

  private void abortStream() throws IOException {
    try (Socket socket = connect()) {
      send(socket, post("", LONG.formatted(", \"stream\": true")));
      int events = 1 + random.nextInt(40);
      StringBuilder answer = new StringBuilder();
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0 && events > 0; next = in.read()) {
        answer.append((char) next);
        if (next == 'd' && answer.length() > 3 && answer.toString().endsWith("\n\nd")) {
          events--;
        }
      }
      leave(socket);
      boolean full = answer.indexOf("HTTP/1.1 429 ") == 0;
      assertThat(full || answer.indexOf("HTTP/1.1 200 ") == 0).as("%s", answer).isTrue();
      tally.count(full ? "bad, no room (429)" : "aborted: in a stream");
    }
  }

  /** Goes away without a word, or with a reset, or only says that nothing follows. */
  private void leave(Socket socket) throws IOException {
    switch (random.nextInt(3)) {
      case 0 -> socket.setSoLinger(true, 0);
      case 1 -> socket.shutdownOutput();
      default -> {}
    }
  }

  /** Stops in the middle of a request, and waits for what comes of it. */
  private void stall() throws IOException {
    String request = post("", "{\"prompt\": \"a\"}");
    int headEnd = request.indexOf("\r\n\r\n");
    boolean inBody = random.nextBoolean();
    String sent = request.substring(0, inBody ? headEnd + 6 : random.nextInt(headEnd));
    long start = System.nanoTime();
    try (Socket socket = connect()) {
      send(socket, sent);
      String answer = readAll(socket);
      // A reader cannot be told what is wrong with a request that has no head yet.
      assertThat(answer).as("stalled").startsWith(inBody ? "HTTP/1.1 408 " : "");
      assertThat(answer.isEmpty()).isEqualTo(!inBody);
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThan(receiveTimeout.minusMillis(50));
    tally.count("half open: " + (inBody ? "in the body (408)" : "in the head (closed)"));
  }

  private static String post(String headers, String body) {
    return "POST /v1/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: "
        + body.length()
        + "\r\n"
        + headers
        + "\r\n"
        + body;
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  private static void send(Socket socket, String request) throws IOException {
    socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
  }

  private static String readAll(Socket socket) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      socket.getInputStream().transferTo(all);
    } catch (SocketTimeoutException e) {
      throw new AssertionError("no end after " + all.toString(StandardCharsets.ISO_8859_1), e);
    }
    return all.toString(StandardCharsets.ISO_8859_1);
  }
}
