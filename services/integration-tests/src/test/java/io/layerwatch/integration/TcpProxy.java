package io.layerwatch.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A stretch of network between clients and a broker, as bad as a test wants it: it may deliver
 * answers late, let requests through slowly, or accept connections and never answer.
 */
final class TcpProxy implements AutoCloseable {

  private final ServerSocket listening;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Link> links = ConcurrentHashMap.newKeySet();
  private volatile int target;
  private volatile Condition condition = Condition.GOOD;

  /**
   * How bad the network is.
   *
   * @param delay of whatever the broker answers
   * @param bytesPerSecond that a connection lets through to the broker
   * @param answers whether anything at all comes back
   */
  record Condition(Duration delay, int bytesPerSecond, boolean answers) {

    static final Condition GOOD = new Condition(Duration.ZERO, Integer.MAX_VALUE, true);
    static final Condition SILENT = new Condition(Duration.ZERO, Integer.MAX_VALUE, false);
  }

  private record Link(Socket client, Socket broker) {

    void cut() {
      try (client;
          broker) {
        // Both ends see it.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  TcpProxy() {
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.execute(this::accept);
  }

  String address() {
    return "127.0.0.1:" + listening.getLocalPort();
  }

  void forwardTo(int port) {
    target = port;
  }

  /** Changes the weather. What was swallowed cannot be answered, so its connections are cut. */
  void be(Condition next) {
    boolean swallowed = !condition.answers();
    condition = next;
    if (swallowed) {
      links.forEach(Link::cut);
    }
  }

  private void accept() {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        Link link = new Link(client, new Socket(InetAddress.getLoopbackAddress(), target));
        links.add(link);
        threads.execute(() -> pump(link, client, link.broker(), this::passRequest));
        threads.execute(() -> pump(link, link.broker(), client, this::passAnswer));
      } catch (IOException e) {
        // Closed, or the broker takes no connection: the client finds its own cut.
      }
    }
  }

  private interface Passing {
    void pass(OutputStream to, byte[] bytes, int count) throws IOException, InterruptedException;
  }

  private void pump(Link link, Socket from, Socket to, Passing passing) {
    byte[] buffer = new byte[1 << 14];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        passing.pass(to.getOutputStream(), buffer, count);
      }
    } catch (IOException e) {
      // The other direction has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      links.remove(link);
    }
  }

  private void passRequest(OutputStream to, byte[] bytes, int count)
      throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(1000L * count / condition.bytesPerSecond());
    to.write(bytes, 0, count);
  }

  private void passAnswer(OutputStream to, byte[] bytes, int count)
      throws IOException, InterruptedException {
    TimeUnit.MILLISECONDS.sleep(condition.delay().toMillis());
    if (condition.answers()) {
      to.write(bytes, 0, count);
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    links.forEach(Link::cut);
    threads.shutdownNow();
  }
}
