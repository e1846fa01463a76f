package io.layerwatch.scorer.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In a task of Kafka Streams, which the test driver commits after every record. */
class LiveStoreTest {

  private static final String STORE = "texts";
  private static final Serde<StringBuilder> TEXTS =
      Serdes.serdeFrom(
          (topic, text) -> text.toString().getBytes(StandardCharsets.UTF_8),
          (topic, bytes) -> {
            String text = new String(bytes, StandardCharsets.UTF_8);
            if (text.equals("damaged")) {
              throw new IllegalArgumentException("damaged");
            }
            return new StringBuilder(text);
          });

  private final TopologyTestDriver driver = new TopologyTestDriver(topology(), properties());
  private final TestInputTopic<String, String> input =
      driver.createInputTopic("in", new StringSerializer(), new StringSerializer());
  private LiveStore<String, StringBuilder> store;
  private Consumer<LiveStore<String, StringBuilder>> next;

  private Topology topology() {
    return new Topology()
        .addSource("source", new StringDeserializer(), new StringDeserializer(), "in")
        .addProcessor("using", Using::new, "source")
        .addStateStore(LiveStore.builder(STORE, Serdes.String(), TEXTS), "using");
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, "live");
    return properties;
  }

  /** Does what a test wants within a task. */
  private final class Using implements Processor<String, String, Void, Void> {
    @Override
    public void init(ProcessorContext<Void, Void> context) {
      store = context.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, String> record) {
      next.accept(store);
    }
  }

  private void inOneCommit(Consumer<LiveStore<String, StringBuilder>> use) {
    next = use;
    input.pipeInput("key", "value");
  }

  /** As when the task becomes a standby: it has to go on where the live store was. */
  private Map<String, String> written() {
    store.clearCache();
    Map<String, String> all = new TreeMap<>();
    try (var entries = store.written().all()) {
      entries.forEachRemaining(entry -> all.put(entry.key, entry.value.toString()));
    }
    return all;
  }

  /** What goes to the changelog, which is a topic to the driver. */
  private List<String> logged() {
    List<String> records = new ArrayList<>();
    driver
        .producedTopicNames()
        .forEach(
            topic -> {
              var output =
                  driver.createOutputTopic(
                      topic, new StringDeserializer(), new StringDeserializer());
              output
                  .readKeyValuesToList()
                  .forEach(record -> records.add(record.key + "=" + record.value));
            });
    return records;
  }

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void aValueIsTheSameObjectUntilTheCommitThatWritesIt() {
    inOneCommit(
        live -> {
          live.put("a", new StringBuilder("1"));
          live.get("a").orElseThrow().append("2");
          assertThat(logged()).isEmpty();
        });
    assertThat(logged()).containsExactly("a=12");
    assertThat(written()).containsExactly(Map.entry("a", "12"));
  }

  @Test
  void aKeyIsWrittenOnceACommitHoweverOftenItChanges() {
    inOneCommit(
        live -> {
          for (int i = 0; i < 100; i++) {
            live.put("a", new StringBuilder("" + i));
          }
        });
    assertThat(logged()).containsExactly("a=99");
  }

  @Test
  void whatIsNotPutAgainIsNotWrittenAgain() {
    inOneCommit(live -> live.put("a", new StringBuilder("1")));
    inOneCommit(live -> live.put("b", new StringBuilder("2")));
    assertThat(logged()).containsExactly("a=1", "b=2");
  }

  @Test
  void aDeletedKeyLeavesATombstoneOnlyWhereItWasWritten() {
    inOneCommit(live -> live.put("a", new StringBuilder("1")));
    inOneCommit(
        live -> {
          live.delete("a");
          live.put("b", new StringBuilder("2"));
          live.delete("b");
          live.delete("never there");
        });
    assertThat(written()).isEmpty();
    assertThat(logged()).containsExactly("a=1", "a=null");
  }

  @Test
  void aKeyThatReturnsInTheSameCommitStays() {
    inOneCommit(live -> live.put("a", new StringBuilder("1")));
    inOneCommit(
        live -> {
          live.delete("a");
          live.put("a", new StringBuilder("2"));
        });
    assertThat(written()).containsExactly(Map.entry("a", "2"));
  }

  @Test
  void rangesAreInOrderAndEndBeforeTheirEnd() {
    inOneCommit(
        live -> {
          for (String key : List.of("c", "a", "d", "b")) {
            live.put(key, new StringBuilder(key));
          }
        });
    List<String> keys = new ArrayList<>();
    store.forEach("b", "d", (key, value) -> keys.add(key));
    assertThat(keys).containsExactly("b", "c");
  }

  @Test
  void whatTheChangelogHasIsNotInMemoryAsWell() {
    inOneCommit(live -> live.put("a", new StringBuilder("1")));
    inOneCommit(live -> live.put("b", new StringBuilder("2")));
    assertThat(store.written().approximateNumEntries()).isZero();

    assertThat(written()).containsOnlyKeys("a", "b");
    assertThat(store.get("b").orElseThrow()).hasToString("2");
    assertThat(store.written().approximateNumEntries()).isZero();
  }

  @Test
  void whatWasRestoredLeavesATombstoneWhenItIsDeleted() {
    inOneCommit(live -> live.written().put("a", new StringBuilder("1")));
    inOneCommit(live -> live.delete("a"));
    assertThat(logged()).containsExactly("a=1", "a=null");
  }

  /** As when a task becomes a standby and comes back. */
  @Test
  void whatOthersWroteMeanwhileIsReadAfterTheCacheWasCleared() {
    inOneCommit(live -> live.put("a", new StringBuilder("1")));
    store.clearCache();
    store.written().put("a", new StringBuilder("2"));
    assertThat(store.get("a").orElseThrow()).hasToString("2");
  }

  @Test
  void stateThatCannotBeReadIsNoFaultOfARecord() {
    inOneCommit(live -> live.put("a", new StringBuilder("damaged")));
    store.clearCache();
    for (int time = 0; time < 2; time++) {
      assertThatIllegalStateException()
          .isThrownBy(() -> store.get("a"))
          .withMessageContaining("the state cannot be read: damaged");
    }
  }

  @Test
  void itTellsOfEachCommit() {
    List<String> told = new ArrayList<>();
    inOneCommit(live -> live.onCommit(() -> told.add("committed")));
    inOneCommit(live -> assertThat(told).containsExactly("committed"));
    assertThat(told).hasSize(2);
  }

  @Test
  void itsStoreIsOpenAndKnowsItsName() {
    KeyValueStore<String, StringBuilder> under = store.written();
    assertThat(store.name()).isEqualTo(STORE);
    assertThat(store.isOpen()).isEqualTo(under.isOpen()).isTrue();
    assertThat(store.persistent()).isFalse();
  }
}
