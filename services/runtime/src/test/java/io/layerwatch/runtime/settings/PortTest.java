package io.layerwatch.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortTest {

  @Test
  void isANumberAndMayBeAnotherOne() {
    assertThat(Port.parse("8000")).contains(new Port(8000, false));
    assertThat(Port.parse(" 65535 or any ")).contains(new Port(65_535, true));
    assertThat(Port.parse("0")).contains(Port.ANY);
    assertThat(new Port(8000, true)).hasToString("8000 or any");
    assertThat(new Port(8000, false)).hasToString("8000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "65536", "8000.0", "any", "8000 or 8001", "8000orany", "1e3"})
  void isNothingElse(String text) {
    assertThat(Port.parse(text)).isEmpty();
  }

  @Test
  void aTakenOneIsReplacedOnlyWhereAnyDoes() throws IOException {
    Port taken;
    try (ServerSocket holder = listening(0)) {
      taken = new Port(holder.getLocalPort(), false);
      assertThatThrownBy(() -> taken.bind(PortTest::listening)).isInstanceOf(BindException.class);
      try (ServerSocket other = taken.orElseAny().bind(PortTest::listening)) {
        assertThat(other.getLocalPort()).isPositive().isNotEqualTo(taken.number());
      }
    }
    try (ServerSocket first = taken.orElseAny().bind(PortTest::listening)) {
      assertThat(first.getLocalPort()).isEqualTo(taken.number());
    }
  }

  @Test
  void anotherFailureIsNoReasonForAnotherPort() {
    List<Integer> tried = new ArrayList<>();
    assertThatThrownBy(
            () ->
                new Port(80, true)
                    .bind(
                        port -> {
                          tried.add(port);
                          throw new SocketException("Permission denied");
                        }))
        .hasMessage("Permission denied");
    assertThat(tried).containsExactly(80);
  }

  private static ServerSocket listening(int port) throws IOException {
    return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
  }
}
