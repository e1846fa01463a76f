package io.layerwatch.integration;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A user's connection, on which one request follows the other. Of a plain socket, since an HTTP
 * client would open another connection where one is not free again at once.
 */
final class KeepAliveClient implements AutoCloseable {

  private final Socket socket;
  private final InputStream in;

  /**
   * An answer.
   *
   * @param body a character for each byte
   * @param time until its last byte
   */
  record Answer(String status, String contentType, String body, Duration time) {}

  KeepAliveClient(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(30_000);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Posts that body as a user does, whose key and cookie come along. */
  Answer post(String path, byte[] body) {
    byte[] start =
        String.join(
                "\r\n",
                "POST " + path + " HTTP/1.1",
                "Host: primary",
                "Content-Type: application/json",
                "Authorization: Bearer key-of-a-user",
                "Cookie: who=a-user",
                "Content-Length: " + body.length,
                "",
                "")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[start.length + body.length];
    System.arraycopy(start, 0, request, 0, start.length);
    System.arraycopy(body, 0, request, start.length, body.length);
    long began = System.nanoTime();
    try {
      socket.getOutputStream().write(request);
      return read(began);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Answer read(long began) throws IOException {
    List<String> head = new ArrayList<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      head.add(line);
    }
    byte[] body = new byte[Integer.parseInt(header(head, "content-length"))];
    new DataInputStream(in).readFully(body);
    Duration time = Duration.ofNanos(System.nanoTime() - began);
    String text = new String(body, StandardCharsets.ISO_8859_1);
    return new Answer(head.get(0), header(head, "content-type"), text, time);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended");
      }
      line.append((char) next);
    }
    return line.toString().strip();
  }

  private static String header(List<String> head, String name) {
    return head.stream()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + name + " in " + head));
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
