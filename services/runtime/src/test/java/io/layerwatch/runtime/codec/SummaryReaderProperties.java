package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.avro.specific.SpecificDatumWriter;
import org.junit.jupiter.api.Test;

/** The reader of summaries reads what Avro's own reads, and refuses what Avro's own refuses. */
class SummaryReaderProperties {

  private static final int HEAD = 5;
  private final SummaryCodec codec = new SummaryCodec();
  // One for all, so that what it remembers of one summary meets the next.
  private final AvroReader<ActivationSummary> reader = codec.reader().orElseThrow();

  @Property(tries = 300)
  void readsWhatAvroReads(@ForAll long seed) throws IOException {
    Generated generated = new Generated(seed);
    for (int i = 0; i < 3; i++) {
      ActivationSummary summary = generated.summary();
      assertThat(reader.read(bytes(summary), HEAD)).isEqualTo(summary);
    }
  }

  /** A byte is changed, or the end is cut off. */
  @Property(tries = 2_000)
  void readsNoMoreAndNoLessOfDamagedBytesThanAvro(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    byte[] bytes = bytes(new Generated(seed).summary());
    int at = HEAD + random.nextInt(bytes.length - HEAD);
    byte[] damaged = bytes.clone();
    if (random.nextBoolean()) {
      damaged[at] = (byte) random.nextInt(256);
    } else {
      damaged = Arrays.copyOf(bytes, at);
    }
    byte[] read = damaged;
    assertThat(outcome(() -> reader.read(read, HEAD))).isEqualTo(outcome(() -> byAvro(read)));
  }

  @Test
  void readsArraysInSeveralBlocks() throws IOException {
    ActivationSummary summary = new Generated(3).summary();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[HEAD]);
    var encoder = new EncoderFactory().configureBlockSize(64).blockingBinaryEncoder(bytes, null);
    new SpecificDatumWriter<>(codec.avroClass()).write(codec.toAvro(summary), encoder);
    encoder.flush();

    assertThat(reader.read(bytes.toByteArray(), HEAD)).isEqualTo(summary);
  }

  private byte[] bytes(ActivationSummary summary) throws IOException {
    TrustedClasses.register();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[HEAD]);
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(codec.avroClass()).write(codec.toAvro(summary), encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private ActivationSummary byAvro(byte[] bytes) throws IOException {
    var decoder = DecoderFactory.get().binaryDecoder(bytes, HEAD, bytes.length - HEAD, null);
    return codec.fromAvro(new SpecificDatumReader<>(codec.avroClass()).read(null, decoder));
  }

  /** The value, or nothing where none can be read. */
  private static Optional<ActivationSummary> outcome(Callable<ActivationSummary> read) {
    try {
      return Optional.of(read.call());
    } catch (Exception refused) {
      return Optional.empty();
    }
  }
}
