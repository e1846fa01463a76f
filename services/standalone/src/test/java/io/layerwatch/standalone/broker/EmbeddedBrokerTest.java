package io.layerwatch.standalone.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

class EmbeddedBrokerTest {

  @Test
  void aPausedBrokerComesBackOnItsPortWithItsData() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start()) {
      try (Admin admin = Admin.create(client(broker))) {
        admin.createTopics(List.of(new NewTopic("t", 1, (short) 1))).all().get();
      }
      send(broker, "before");
      String address = broker.bootstrapServers();
      broker.pause();
      assertThat(listens(port(broker))).isFalse();
      broker.resume();
      assertThat(broker.bootstrapServers()).isEqualTo(address);
      send(broker, "after");
      assertThat(read(broker, 2)).containsExactly("before", "after");
    }
  }

  @Test
  void closingFreesThePortAndDeletesTheData() {
    EmbeddedBroker broker = EmbeddedBroker.start();
    Path directory = broker.directory("log").getParent();
    assertThat(directory).isDirectory();
    broker.close();
    assertThat(Files.exists(directory)).isFalse();
    assertThat(listens(port(broker))).isFalse();
  }

  private static Map<String, Object> client(EmbeddedBroker broker) {
    return Map.of("bootstrap.servers", broker.bootstrapServers());
  }

  private static void send(EmbeddedBroker broker, String value) throws Exception {
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(client(broker), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("t", value)).get();
    }
  }

  private static List<String> read(EmbeddedBroker broker, int count) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(client(broker), new StringDeserializer(), new StringDeserializer())) {
      TopicPartition partition = new TopicPartition("t", 0);
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      List<String> values = new ArrayList<>();
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      while (values.size() < count && System.nanoTime() < end) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
      }
      return values;
    }
  }

  private static int port(EmbeddedBroker broker) {
    return Integer.parseInt(broker.bootstrapServers().split(":", -1)[1]);
  }

  private static boolean listens(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress("127.0.0.1", port));
      return false;
    } catch (java.io.IOException e) {
      return true;
    }
  }
}
