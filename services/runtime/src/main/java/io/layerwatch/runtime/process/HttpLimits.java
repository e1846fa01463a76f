package io.layerwatch.runtime.process;

/** Limits of the JDK's HTTP server, which takes them from system properties only. */
public final class HttpLimits {

  private static final int SECONDS_TO_SEND_A_REQUEST = 30;

  private HttpLimits() {}

  /** Cuts off clients that take longer to send a request; call before the first server is made. */
  public static void apply() {
    String key = "sun.net.httpserver.maxReqTime";
    if (System.getProperty(key) == null) {
      System.setProperty(key, Integer.toString(SECONDS_TO_SEND_A_REQUEST));
    }
  }
}
