package io.layerwatch.standalone.broker;

import io.layerwatch.runtime.process.Directories;
import io.layerwatch.runtime.process.StartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.TransactionVersion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Kafka broker, KRaft controller included, in this JVM and on the loopback address. It can
 * stop and start again on the same port with the same data.
 */
public final class EmbeddedBroker implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedBroker.class);
  private static final int ATTEMPTS = 5;
  private static final String HOST = "127.0.0.1";

  private final Path directory;
  private final int port;
  private final int controllerPort;
  private final Map<String, String> overrides;
  private KafkaRaftServer server;

  private EmbeddedBroker(
      Path directory, int port, int controllerPort, Map<String, String> overrides) {
    this.directory = directory;
    this.port = port;
    this.controllerPort = controllerPort;
    this.overrides = Map.copyOf(overrides);
  }

  /** Starts a broker with fresh, temporary data on free ports. */
  public static EmbeddedBroker start() {
    return start(Map.of());
  }

  /**
   * Starts a broker with fresh, temporary data on free ports.
   *
   * @param overrides Kafka's settings of a broker, before its own
   */
  public static EmbeddedBroker start(Map<String, String> overrides) {
    RuntimeException failure = new StartException("no attempt was made");
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      EmbeddedBroker broker = create(overrides);
      try {
        broker.resume();
        return broker;
      } catch (RuntimeException e) {
        // Another process may have taken a port that was free a moment ago.
        LOG.debug("the broker did not start on port {}", broker.port, e);
        broker.close();
        failure = e;
      } catch (Error e) {
        broker.close();
        throw e;
      }
    }
    throw new StartException(
        "the embedded Kafka broker cannot start: " + failure.getMessage(), failure);
  }

  private static EmbeddedBroker create(Map<String, String> overrides) {
    try {
      Path directory = Files.createTempDirectory("layerwatch-kafka");
      EmbeddedBroker broker = new EmbeddedBroker(directory, freePort(), freePort(), overrides);
      Formatter formatter = new Formatter();
      formatter
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setDirectories(List.of(directory.resolve("log").toString()))
          .setMetadataLogDirectory(directory.resolve("log").toString())
          .setReleaseVersion(org.apache.kafka.server.common.MetadataVersion.LATEST_PRODUCTION)
          // With version 2, batches that a producer has in flight right after a commit are refused
          // and sent again, each time with a stack trace on the terminal.
          .setFeatureLevel(TransactionVersion.FEATURE_NAME, TransactionVersion.TV_1.featureLevel())
          .setUnstableFeatureVersionsEnabled(false)
          .setIgnoreFormatted(true)
          .setPrintStream(
              new java.io.PrintStream(
                  java.io.OutputStream.nullOutputStream(),
                  false,
                  java.nio.charset.StandardCharsets.UTF_8))
          .run();
      return broker;
    } catch (Exception e) {
      throw new StartException("the embedded Kafka broker cannot be set up: " + e.getMessage(), e);
    }
  }

  /** Starts the broker again after {@link #pause()}, with its data. */
  public synchronized void resume() {
    KafkaRaftServer starting =
        new KafkaRaftServer(new KafkaConfig(properties(), false), Time.SYSTEM);
    try {
      starting.startup();
      server = starting;
    } catch (RuntimeException e) {
      // The controller may run although the broker could not bind.
      starting.shutdown();
      starting.awaitShutdown();
      throw e;
    }
  }

  /** Stops the broker; its data stays. */
  public synchronized void pause() {
    if (server != null) {
      server.shutdown();
      server.awaitShutdown();
      server = null;
    }
  }

  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** A directory beside the broker's data, deleted with it. */
  public Path directory(String name) {
    return directory.resolve(name);
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put("process.roles", "broker,controller");
    properties.put("node.id", "1");
    properties.put("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    properties.put(
        "listeners",
        "BROKER://" + HOST + ":" + port + ",CONTROLLER://" + HOST + ":" + controllerPort);
    properties.put("advertised.listeners", "BROKER://" + HOST + ":" + port);
    properties.put("listener.security.protocol.map", "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT");
    properties.put("inter.broker.listener.name", "BROKER");
    properties.put("controller.listener.names", "CONTROLLER");
    properties.put("log.dirs", directory.resolve("log").toString());
    for (String internal :
        List.of("offsets.topic", "transaction.state.log", "share.coordinator.state.topic")) {
      properties.put(internal + ".replication.factor", "1");
      properties.put(internal + ".num.partitions", "2");
    }
    properties.put("transaction.state.log.min.isr", "1");
    properties.put("share.coordinator.state.topic.min.isr", "1");
    properties.put("default.replication.factor", "1");
    properties.put("min.insync.replicas", "1");
    properties.put("group.initial.rebalance.delay.ms", "0");
    properties.put("auto.create.topics.enable", "false");
    properties.put("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
    properties.put("log.segment.bytes", Integer.toString(16 << 20));
    properties.put("num.network.threads", "1");
    properties.put("num.io.threads", "2");
    properties.put("background.threads", "2");
    properties.put("controlled.shutdown.enable", "false");
    properties.putAll(overrides);
    return properties;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Stops the broker and deletes its data. */
  @Override
  public void close() {
    pause();
    try {
      Directories.delete(directory);
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} could not be deleted: {}", directory, e.getMessage());
    }
  }
}
