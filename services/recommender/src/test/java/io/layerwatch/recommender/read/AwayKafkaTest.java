package io.layerwatch.recommender.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.runtime.process.CommandErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command line where no broker answers. */
class AwayKafkaTest {

  private static final String ADVICE =
      "; --bootstrap-servers and --schema-registry (kafka.bootstrap.servers, schema.registry.url)"
          + " say where they are, and layerwatch standalone prints its own";

  private ServerSocket silent;
  private String address;

  @BeforeEach
  void listen() throws IOException {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    address = "127.0.0.1:" + silent.getLocalPort();
  }

  @AfterEach
  void close() throws IOException {
    silent.close();
  }

  @Test
  void aBrokerThatSaysNothingIsNamedEarlyAndGivenUpInTime() {
    List<String> err = run(1, "--timeout", "3s");
    assertThat(err).hasSize(2);
    assertThat(err.get(0))
        .isEqualTo("recommendations: waiting for Kafka at " + address + ", for 3 s at most");
    assertThat(err.get(1))
        .startsWith("layerwatch: ")
        .contains("Kafka at " + address)
        .endsWith(ADVICE);
  }

  @Test
  void aBrokerThatIsNotThereHoldsAReviewUpNoLongerThanItIsToldTo() throws IOException {
    silent.close();
    List<String> err =
        run(1, "approve", "--model", "m@r", "--reviewer", "ann", "--timeout", "1500ms");
    assertThat(err)
        .singleElement()
        .asString()
        .startsWith("layerwatch: ")
        .contains("Kafka at " + address)
        .endsWith(ADVICE);
  }

  @Test
  void aSettingOfKafkasOwnCannotHoldItUpEither() {
    assertThat(run(1, "--timeout", "1s", "--set", "kafka.default.api.timeout.ms=60000"))
        .containsExactly("layerwatch: no answer within 1 s from Kafka at " + address + ADVICE);
  }

  @Test
  void aTimeoutThatIsNoneIsListedWithTheOtherProblems() {
    assertThat(run(2, "--timeout", "soon", "--set", "topics.prefx=x"))
        .containsExactly(
            "recommendations: wrong options or settings:",
            "  topics.prefx: unknown setting; did you mean topics.prefix?",
            "  --timeout: expected a positive duration such as 30s, got \"soon\"");
  }

  /** What it says on standard error, within a few seconds. */
  private List<String> run(int code, String... arguments) {
    StringWriter err = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--bootstrap-servers", address));
    long start = System.nanoTime();
    int got =
        new CommandLine(new RecommendationsCommand())
            .setExecutionExceptionHandler(new CommandErrors())
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    assertThat(got).as(err.toString()).isEqualTo(code);
    return err.toString().lines().toList();
  }
}
