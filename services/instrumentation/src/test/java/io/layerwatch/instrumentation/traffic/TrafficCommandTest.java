package io.layerwatch.instrumentation.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.layerwatch.instrumentation.CommandRun;
import io.layerwatch.runtime.testing.TestAuthority;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server has a certificate, refuses every prompt, and so ends the command. */
@Timeout(60)
class TrafficCommandTest {

  private static final String REFUSAL = "{\"error\":\"too long\"}\n";

  @TempDir private Path directory;
  private final Queue<String> bodies = new ConcurrentLinkedQueue<>();
  private final Queue<String> authorizations = new ConcurrentLinkedQueue<>();
  private TestAuthority authority;
  private HttpsServer server;
  private Path prompts;

  @BeforeEach
  void serve() throws IOException {
    authority = new TestAuthority(directory);
    prompts =
        Files.writeString(
            directory.resolve("prompts.jsonl"), "{\"text\": \"a\"}\n{\"tokens\": [1]}\n");
    server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.issue().context()));
    server.createContext("/v1/completions", this::refuse);
    server.start();
  }

  private void refuse(HttpExchange exchange) throws IOException {
    try (exchange) {
      bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
      authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
      byte[] body = REFUSAL.getBytes(StandardCharsets.US_ASCII);
      exchange.sendResponseHeaders(413, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void whenNothingIsLeftToSendItEndsAndSaysWhy() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "sk-1\nsk-2\n");
    CommandRun run = run("--token-file", token.toString(), "--ca", ca());
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "layerwatch: nothing is left to send: every prompt was refused, the last one with 413 "
                + REFUSAL.strip()
                + System.lineSeparator());
    assertThat(authorizations).containsExactly("Bearer sk-1", "Bearer sk-1");
  }

  @Test
  void otherPromptsMayStillBeTaken() throws IOException {
    Path others = Files.writeString(directory.resolve("others.jsonl"), "{\"text\": \"another\"}\n");
    CommandRun run = run("--ca", ca(), "--shift", "1s", "--shift-prompts", others.toString());
    assertThat(run.code()).as(run.err()).isEqualTo(1);
    assertThat(run.out()).contains("from now on other prompts are sent");
    assertThat(bodies).last().asString().contains("another");
    assertThat(authorizations).containsOnly("null");
  }

  @Test
  void filesThatAreNoGoodAreAllNamed() throws IOException {
    Path token = Files.writeString(directory.resolve("token"), "not a token\n");
    CommandRun run = run("--token-file", token.toString(), "--ca", prompts.toString());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.err())
        .contains("--token-file: expected a file with a token", "--ca: expected a PEM file")
        .doesNotContain("not a token");
    assertThat(authorizations).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://ann:hunter2@127.0.0.1:1", "http://hunter2@host_name:1"})
  void aPasswordInTheAddressIsRefusedAndNotShown(String address) {
    CommandRun run =
        CommandRun.of(
            new TrafficCommand(), List.of("--url", address, "--prompts", prompts.toString()));
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("--url: expected no user and password");
    assertThat(run.out() + run.err()).doesNotContain("hunter2");
  }

  private String ca() {
    return authority.certificate().toString();
  }

  private CommandRun run(String... options) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--url",
                "https://127.0.0.1:" + server.getAddress().getPort(),
                "--prompts",
                prompts.toString(),
                "--clients",
                "1",
                "--pause",
                "10ms"));
    arguments.addAll(List.of(options));
    return CommandRun.of(new TrafficCommand(), arguments);
  }
}
