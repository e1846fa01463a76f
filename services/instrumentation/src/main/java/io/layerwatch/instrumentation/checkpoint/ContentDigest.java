package io.layerwatch.instrumentation.checkpoint;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells contents apart: the first 12 hexadecimal digits of the SHA-256 of what was added. */
public final class ContentDigest {

  private static final int BYTES = 6;

  private final MessageDigest digest;

  /** Of nothing yet. */
  public ContentDigest() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Adds bytes; returns this. */
  public ContentDigest add(byte[] bytes) {
    digest.update(bytes);
    return this;
  }

  /** Adds what the buffer has left. */
  void add(ByteBuffer bytes) {
    digest.update(bytes);
  }

  /** The digits; nothing can be added afterwards. */
  public String digits() {
    return HexFormat.of().formatHex(digest.digest(), 0, BYTES);
  }
}
