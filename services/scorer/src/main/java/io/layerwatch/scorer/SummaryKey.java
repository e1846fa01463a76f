package io.layerwatch.scorer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Where a summary is kept: ordered by model, window, site, layer, instance, so that everything of
 * one window is one range.
 *
 * <p>Bytes: model, 0, window start (8), site, 0, layer (4), instance. No text holds a zero byte.
 */
final class SummaryKey {

  private SummaryKey() {}

  static byte[] of(String model, long windowStart, String site, int layer, String instance) {
    ByteArrayOutputStream key = new ByteArrayOutputStream();
    key.writeBytes(from(model, windowStart));
    key.writeBytes(site.getBytes(StandardCharsets.UTF_8));
    key.write(0);
    key.writeBytes(ByteBuffer.wrap(new byte[Integer.BYTES]).putInt(0, layer).array());
    key.writeBytes(instance.getBytes(StandardCharsets.UTF_8));
    return key.toByteArray();
  }

  /** The first key of that model's window; the exclusive end of the windows before it. */
  static byte[] from(String model, long windowStart) {
    byte[] name = model.getBytes(StandardCharsets.UTF_8);
    ByteBuffer key = ByteBuffer.wrap(new byte[name.length + 1 + Long.BYTES]);
    return key.put(name).put((byte) 0).putLong(windowStart).array();
  }
}
