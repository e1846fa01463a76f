package io.layerwatch.scorer;

import io.layerwatch.analysis.ModelId;
import io.layerwatch.analysis.ModelShape;
import io.layerwatch.analysis.TimeWindow;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * Reports in the changelog: a head with what all layers have in common, then every layer's numbers.
 */
final class WindowReportSerde {

  private static final byte VERSION = 1;
  private static final int HEAD =
      Byte.BYTES + 4 * Short.BYTES + Integer.BYTES + 4 * Long.BYTES + 2 * Long.BYTES;
  private static final int LAYER = Short.BYTES + 3 * Long.BYTES;

  private WindowReportSerde() {}

  static Serde<WindowReport> serde() {
    return Serdes.serdeFrom((topic, report) -> write(report), (topic, bytes) -> read(bytes));
  }

  private static byte[] write(WindowReport report) {
    byte[] name = bytes(report.model().name());
    byte[] revision = bytes(report.model().revision());
    byte[] site = bytes(report.source().site());
    byte[] instance = bytes(report.source().instance());
    int texts = name.length + revision.length + site.length + instance.length;
    ByteBuffer buffer = ByteBuffer.allocate(HEAD + texts + largest(report.contributions()));
    buffer.put(VERSION);
    for (byte[] text : new byte[][] {name, revision, site, instance}) {
      buffer.putShort((short) text.length).put(text);
    }
    writeShape(report.shape(), buffer);
    writeWindow(report.window(), buffer);
    StatisticsBytes statistics = new StatisticsBytes();
    report
        .contributions()
        .forEach(
            (layer, contribution) -> {
              buffer.putShort((short) layer);
              writeWindow(contribution.interval(), buffer);
              contribution.numbers().writeTo(buffer);
              buffer.putLong(contribution.claimedTokens());
              statistics.write(contribution.statistics(), buffer);
            });
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private static int largest(ByLayer<Contribution> contributions) {
    int[] size = {0};
    contributions.forEach(
        (layer, each) ->
            size[0] +=
                LAYER + each.numbers().encodedSize() + StatisticsBytes.largest(each.statistics()));
    return size[0];
  }

  private static WindowReport read(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    byte version = buffer.get();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "report: expected version " + VERSION + ", got " + version);
    }
    ModelId model = new ModelId(text(buffer), text(buffer));
    String site = text(buffer);
    SummarySource source = new SummarySource(text(buffer), site);
    WindowReport report = new WindowReport(model, readShape(buffer), source, readWindow(buffer));
    StatisticsBytes statistics = new StatisticsBytes();
    while (buffer.hasRemaining()) {
      int layer = buffer.getShort();
      TimeWindow interval = readWindow(buffer);
      SequenceNumbers numbers = SequenceNumbers.readFrom(buffer);
      report
          .contributions()
          .put(
              layer,
              new Contribution(interval, numbers, buffer.getLong(), statistics.read(buffer)));
    }
    return report;
  }

  private static void writeShape(ModelShape shape, ByteBuffer to) {
    to.putInt(shape.layerCount())
        .putLong(shape.layerParameters())
        .putLong(shape.modelParameters())
        .putLong(shape.layerMultiplyAdds())
        .putLong(shape.modelMultiplyAdds());
  }

  private static ModelShape readShape(ByteBuffer from) {
    return new ModelShape(
        from.getInt(), from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  private static void writeWindow(TimeWindow window, ByteBuffer to) {
    to.putLong(window.start().toEpochMilli()).putLong(window.end().toEpochMilli());
  }

  private static TimeWindow readWindow(ByteBuffer from) {
    return new TimeWindow(
        Instant.ofEpochMilli(from.getLong()), Instant.ofEpochMilli(from.getLong()));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(ByteBuffer from) {
    byte[] text = new byte[from.getShort()];
    from.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }
}
