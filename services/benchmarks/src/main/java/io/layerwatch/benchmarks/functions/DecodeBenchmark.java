package io.layerwatch.benchmarks.functions;

import io.layerwatch.analysis.ActivationSummary;
import io.layerwatch.runtime.codec.AvroReader;
import io.layerwatch.runtime.codec.AvroWriter;
import io.layerwatch.runtime.codec.SummaryCodec;
import io.layerwatch.runtime.codec.TrustedClasses;
import java.io.IOException;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.specific.SpecificDatumReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Makes a summary of a record's bytes, behind the head: by our own reader, and by Avro's. */
@State(Scope.Thread)
public class DecodeBenchmark {

  private static final int HEAD = 5;

  private final SummaryCodec codec = new SummaryCodec();
  private final AvroReader<ActivationSummary> own = codec.reader().orElseThrow();
  private final SpecificDatumReader<io.layerwatch.schema.ActivationSummary> avro;
  private final byte[][] records;
  private BinaryDecoder decoder = DecoderFactory.get().binaryDecoder(new byte[0], null);

  public DecodeBenchmark() {
    TrustedClasses.register();
    avro = new SpecificDatumReader<>(codec.avroClass());
    AvroWriter<ActivationSummary> writer = codec.writer().orElseThrow();
    records =
        Flush.summaries().stream()
            .map(summary -> writer.write(summary, HEAD))
            .toArray(byte[][]::new);
  }

  @Benchmark
  @OperationsPerInvocation(Flush.SUMMARIES)
  public void decode(Blackhole hole) {
    for (byte[] bytes : records) {
      hole.consume(own.read(bytes, HEAD));
    }
  }

  @Benchmark
  @OperationsPerInvocation(Flush.SUMMARIES)
  public void decodeByAvro(Blackhole hole) throws IOException {
    for (byte[] bytes : records) {
      decoder = DecoderFactory.get().binaryDecoder(bytes, HEAD, bytes.length - HEAD, decoder);
      hole.consume(codec.fromAvro(avro.read(null, decoder)));
    }
  }
}
