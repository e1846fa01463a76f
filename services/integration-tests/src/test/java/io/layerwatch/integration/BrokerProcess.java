package io.layerwatch.integration;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * A Kafka broker, controller included, as a process of its own, whose files can be kept from
 * growing: to it a full disk, and it takes no root. Its metadata and its data are in directories of
 * their own, two for data, so that it goes on when one of them fails.
 */
final class BrokerProcess implements AutoCloseable {

  /** A broker that comes back is let in once the session of its former self has ended. */
  static final Map<String, String> BACK_SOON =
      Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");

  private static final int ULIMIT_BLOCK = 512;

  private final Path directory;
  private final int port = freePort();
  private final int controllerPort = freePort();
  private Optional<Process> process = Optional.empty();

  BrokerProcess(Path directory) {
    this.directory = directory;
    try {
      Formatter formatter = new Formatter();
      formatter
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setDirectories(List.of(path("meta"), path("data1"), path("data2")))
          .setMetadataLogDirectory(path("meta"))
          .setReleaseVersion(MetadataVersion.LATEST_PRODUCTION)
          .setUnstableFeatureVersionsEnabled(false)
          .setIgnoreFormatted(true)
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  String bootstrapServers() {
    return "127.0.0.1:" + port;
  }

  /** Starts it; no file grows beyond so many bytes. */
  void startWithFilesUpTo(long bytes) {
    start(List.of("/bin/sh", "-c", "ulimit -f " + bytes / ULIMIT_BLOCK + "; exec \"$@\"", "sh"));
  }

  /** Starts it with room for everything. */
  void start() {
    start(List.of());
  }

  private void start(List<String> under) {
    List<String> command = new ArrayList<>(under);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            "kafka.Kafka",
            settings().toString()));
    try {
      process =
          Optional.of(
              new ProcessBuilder(command)
                  .redirectErrorStream(true)
                  .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                  .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it at once, as a crash would. */
  void kill() {
    process.ifPresent(running -> running.destroyForcibly().onExit().join());
    process = Optional.empty();
  }

  private Path settings() {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controllerPort);
    settings.put(
        "listeners", "BROKER://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort);
    settings.put("advertised.listeners", "BROKER://127.0.0.1:" + port);
    settings.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("inter.broker.listener.name", "BROKER");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("metadata.log.dir", path("meta"));
    settings.put("log.dirs", path("data1") + "," + path("data2"));
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    settings.put("num.network.threads", "1");
    settings.put("num.io.threads", "2");
    settings.putAll(BACK_SOON);
    Path file = directory.resolve("server.properties");
    try (Writer writer = Files.newBufferedWriter(file)) {
      settings.store(writer, "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
