package io.layerwatch.integration;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** The properties and the formatted storage of brokers, each of which is a controller, too. */
final class BrokerFiles {

  static final String HOST = "127.0.0.1";

  private final Path directory;
  private final List<Integer> ports;
  private final String clusterId = Uuid.randomUuid().toString();

  /** Files in that directory; the ports are those of the brokers, then of the controllers. */
  BrokerFiles(Path directory, List<Integer> ports) {
    this.directory = directory;
    this.ports = List.copyOf(ports);
  }

  /** The file to start a broker with. */
  Path create(int id) {
    Path file = directory.resolve("server-" + id + ".properties");
    try {
      Files.createDirectories(directory);
      try (var writer = Files.newBufferedWriter(file)) {
        properties(id).store(writer, "");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    format(file);
    return file;
  }

  private void format(Path file) {
    var quiet = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    String[] command = {"format", "--cluster-id", clusterId, "--config", file.toString()};
    if (StorageTool.execute(command, quiet) != 0) {
      throw new IllegalStateException("cannot format the storage of " + file);
    }
  }

  private Properties properties(int id) {
    int size = ports.size() / 2;
    Map<String, Object> values = new HashMap<>();
    values.put("process.roles", "broker,controller");
    values.put("node.id", id);
    values.put(
        "controller.quorum.voters",
        IntStream.rangeClosed(1, size)
            .mapToObj(voter -> voter + "@" + HOST + ":" + ports.get(size + voter - 1))
            .collect(Collectors.joining(",")));
    String own = "BROKER://" + HOST + ":" + ports.get(id - 1);
    values.put("listeners", own + ",CONTROLLER://" + HOST + ":" + ports.get(size + id - 1));
    values.put("advertised.listeners", own);
    values.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    values.put("inter.broker.listener.name", "BROKER");
    values.put("controller.listener.names", "CONTROLLER");
    values.put("log.dirs", directory.resolve("log-" + id));
    for (String internal : List.of("offsets.topic", "transaction.state.log")) {
      values.put(internal + ".replication.factor", size);
      values.put(internal + ".num.partitions", 3);
    }
    int majority = size / 2 + 1;
    values.put("transaction.state.log.min.isr", majority);
    values.put("default.replication.factor", size);
    values.put("min.insync.replicas", majority);
    values.put("auto.create.topics.enable", false);
    values.put("log.cleaner.dedupe.buffer.size", 8 << 20);
    values.put("num.network.threads", 1);
    values.put("num.io.threads", 2);
    // A client that was killed, and a broker, are noticed in seconds.
    values.put("group.initial.rebalance.delay.ms", 0);
    values.put("group.min.session.timeout.ms", 500);
    values.put("transaction.abort.timed.out.transaction.cleanup.interval.ms", 200);
    values.put("broker.session.timeout.ms", 3_000);
    values.put("broker.heartbeat.interval.ms", 500);
    Properties properties = new Properties();
    values.forEach((key, value) -> properties.put(key, value.toString()));
    return properties;
  }
}
