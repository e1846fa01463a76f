package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.layerwatch.analysis.ActivationSummary;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificDatumWriter;

/** The writer of summaries writes what Avro's own writes, to the byte. */
class SummaryWriterProperties {

  private final SummaryCodec codec = new SummaryCodec();
  // One for all, so that what it remembers of one summary meets the next.
  private final AvroWriter<ActivationSummary> writer = codec.writer().orElseThrow();

  @Property(tries = 300)
  void writesWhatAvroWrites(@ForAll long seed) throws IOException {
    Generated generated = new Generated(seed);
    for (int i = 0; i < 3; i++) {
      ActivationSummary summary = generated.summary();
      assertThat(writer.write(summary, i)).isEqualTo(byAvro(summary, i));
    }
  }

  private byte[] byAvro(ActivationSummary summary, int head) throws IOException {
    TrustedClasses.register();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(new byte[head]);
    var encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new SpecificDatumWriter<>(codec.avroClass()).write(codec.toAvro(summary), encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
