package io.layerwatch.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Chooses ports for a process that nobody configured. */
final class Ports {

  private Ports() {}

  /** That port, or 0 for any free one where it is taken. */
  static int freeOrAny(int preferred) {
    try (ServerSocket probe = new ServerSocket(preferred, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      return 0;
    }
  }
}
