package io.layerwatch.integration;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.core.ConditionTimeoutException;

/** Kafka brokers as processes. */
public final class KafkaCluster implements AutoCloseable {

  private static final int ATTEMPTS = 3;
  private static final Duration READY_WITHIN = Duration.ofSeconds(60);
  private static final DescribeClusterOptions ANSWER_SOON =
      new DescribeClusterOptions().timeoutMs(1_000);

  private final Map<Integer, JavaProcess> brokers = new TreeMap<>();
  private final String bootstrapServers;
  private final Admin admin;

  private KafkaCluster(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /** Starts that many brokers, 1 to n, and waits until all are there. */
  static KafkaCluster start(Path directory, int size) {
    for (int attempt = 1; ; attempt++) {
      KafkaCluster cluster = launch(directory.resolve("kafka-" + attempt), size);
      try {
        cluster.awaitReady(size);
        return cluster;
      } catch (IllegalStateException | ConditionTimeoutException e) {
        // Another process may have taken a port that was free a moment ago.
        cluster.close();
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static KafkaCluster launch(Path directory, int size) {
    List<Integer> ports = freePorts(2 * size);
    KafkaCluster cluster = new KafkaCluster(addresses(ports.subList(0, size)));
    BrokerFiles files = new BrokerFiles(directory, ports);
    for (int id = 1; id <= size; id++) {
      cluster.brokers.put(
          id,
          JavaProcess.start(
              directory.resolve("output-" + id),
              256,
              "kafka.Kafka",
              List.of(files.create(id).toString())));
    }
    return cluster;
  }

  private void awaitReady(int size) {
    await().atMost(READY_WITHIN).until(() -> anyEnded() || nodes() == size);
    if (anyEnded()) {
      throw new IllegalStateException("a broker does not start: " + output());
    }
  }

  private boolean anyEnded() {
    return !brokers.values().stream().allMatch(JavaProcess::isAlive);
  }

  private int nodes() throws InterruptedException {
    try {
      return admin.describeCluster(ANSWER_SOON).nodes().get().size();
    } catch (ExecutionException e) {
      return 0;
    }
  }

  String bootstrapServers() {
    return bootstrapServers;
  }

  Admin admin() {
    return admin;
  }

  /** Where one broker less hurts most. */
  int leaderOfBusiestPartition(String topic) {
    try {
      var partitions =
          admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions();
      Map<TopicPartition, OffsetSpec> latest =
          partitions.stream()
              .collect(
                  Collectors.toMap(
                      each -> new TopicPartition(topic, each.partition()),
                      each -> OffsetSpec.latest()));
      int busiest =
          admin.listOffsets(latest).all().get().entrySet().stream()
              .max(Comparator.comparingLong(each -> each.getValue().offset()))
              .orElseThrow()
              .getKey()
              .partition();
      return partitions.get(busiest).leader().id();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SIGKILL to that broker. */
  void kill(int id) {
    brokers.get(id).kill();
  }

  private String output() {
    return brokers.values().stream().map(JavaProcess::output).collect(Collectors.joining("\n"));
  }

  private static String addresses(List<Integer> ports) {
    return ports.stream()
        .map(port -> BrokerFiles.HOST + ":" + port)
        .collect(Collectors.joining(","));
  }

  public static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    brokers.values().forEach(JavaProcess::kill);
    admin.close(Duration.ZERO);
  }
}
