package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What files hold, read again when they change, as those do that cert-manager or a Kubernetes
 * secret renews in place. Of what cannot be used nothing is taken over: the former stays. Safe for
 * use by several threads, of which one checks.
 */
final class Renewed<T> {

  private static final Logger LOG = LoggerFactory.getLogger(Renewed.class);
  private static final String UNREADABLE = "unreadable";

  private final List<Path> files;
  private final Supplier<T> reading;
  private final Consumer<T> taking;
  private volatile T value;
  private String known;
  private String seen;

  /**
   * Reads for the first time.
   *
   * @param reading reads the files, or throws an {@link InvalidSettingsException}
   * @param taking is told of each value, before anybody else is
   */
  Renewed(List<Path> files, Supplier<T> reading, Consumer<T> taking) {
    this.files = List.copyOf(files);
    this.reading = reading;
    this.taking = taking;
    this.known = content();
    this.seen = known;
    this.value = reading.get();
    taking.accept(value);
  }

  T get() {
    return value;
  }

  /** Takes over what has changed, once two checks in a row have seen the same. */
  void check() {
    String now = content();
    boolean still = now.equals(seen);
    seen = now;
    // Files that are being written, or of which one is new and the other is not yet, can wait.
    if (!still || now.equals(known)) {
      return;
    }
    known = now;
    try {
      T renewed = reading.get();
      taking.accept(renewed);
      value = renewed;
      LOG.info("{} changed; from now on {}", files, renewed);
    } catch (InvalidSettingsException e) {
      LOG.warn("{} changed and cannot be used, the former stays: {}", files, e.getMessage());
    }
  }

  /** A digest of all files. */
  private String content() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : files) {
        if (!Files.isRegularFile(file) || Files.size(file) > SecretFile.LARGEST) {
          return UNREADABLE;
        }
        digest.update(Files.readAllBytes(file));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      return UNREADABLE;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
