package io.layerwatch.runtime.process;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.layerwatch.runtime.security.ServerTls;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Makes the JDK's HTTP servers. Their limits are system properties that the JDK reads when a
 * process makes its first one, so nobody makes one any other way.
 */
public final class HttpServers {

  private static final String SECONDS_TO_SEND_A_REQUEST = "sun.net.httpserver.maxReqTime";
  private static final int CONNECTIONS_WAITING_TO_BE_ACCEPTED = 64;

  private HttpServers() {}

  /**
   * A server that listens and is not started yet. A client that takes longer than 30 seconds to
   * send a request is cut off.
   *
   * @param port 0 takes a free one
   */
  public static HttpServer listening(String host, int port) throws IOException {
    setLimits();
    return HttpServer.create(new InetSocketAddress(host, port), CONNECTIONS_WAITING_TO_BE_ACCEPTED);
  }

  /**
   * The same, over TLS. Handshakes are made on the threads that run its handlers, within the same
   * 30 seconds.
   */
  public static HttpServer listening(String host, int port, ServerTls tls) throws IOException {
    setLimits();
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(host, port), CONNECTIONS_WAITING_TO_BE_ACCEPTED);
    server.setHttpsConfigurator(
        new HttpsConfigurator(tls.context()) {
          @Override
          public void configure(HttpsParameters connection) {
            connection.setSSLParameters(tls.parameters());
          }
        });
    return server;
  }

  private static void setLimits() {
    if (System.getProperty(SECONDS_TO_SEND_A_REQUEST) == null) {
      System.setProperty(SECONDS_TO_SEND_A_REQUEST, "30");
    }
  }
}
