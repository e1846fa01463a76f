package io.layerwatch.scorer;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;

/**
 * Where a window's report is kept: ordered by model, window, site, instance, so that everything of
 * one window is one range.
 *
 * <p>Bytes: model, 0, window start (8), site, 0, instance. No text holds a zero byte.
 */
final class ReportKey {

  private ReportKey() {}

  static Bytes of(String model, long windowStart, SummarySource source) {
    byte[] from = from(model, windowStart).get();
    byte[] site = source.site().getBytes(StandardCharsets.UTF_8);
    byte[] instance = source.instance().getBytes(StandardCharsets.UTF_8);
    ByteBuffer key = ByteBuffer.allocate(from.length + site.length + 1 + instance.length);
    return Bytes.wrap(key.put(from).put(site).put((byte) 0).put(instance).array());
  }

  /** The first key of that model's window; the exclusive end of the windows before it. */
  static Bytes from(String model, long windowStart) {
    byte[] name = model.getBytes(StandardCharsets.UTF_8);
    ByteBuffer key = ByteBuffer.allocate(name.length + 1 + Long.BYTES);
    return Bytes.wrap(key.put(name).put((byte) 0).putLong(windowStart).array());
  }
}
