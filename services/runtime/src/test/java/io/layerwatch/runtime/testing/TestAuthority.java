package io.layerwatch.runtime.testing;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/** A certificate authority of a test's own, and files with the certificates that it issues. */
public final class TestAuthority {

  private final Path directory;
  private final X509Bundle authority;
  private int issued;

  /**
   * PEM files.
   *
   * @param certificate the server's and what it was issued by
   * @param key in PKCS#8
   * @param context of a server that has both
   */
  public record Issued(Path certificate, Path key, SSLContext context) {}

  /**
   * Makes an authority.
   *
   * @param directory takes the files
   */
  public TestAuthority(Path directory) {
    this.directory = directory;
    try {
      authority =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=authority " + System.nanoTime())
              .setIsCertificateAuthority(true)
              .buildSelfSigned();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A certificate of the loopback address, good for an hour. */
  public Issued issue() {
    return issue(Instant.now().plus(Duration.ofHours(1)), "127.0.0.1");
  }

  /** A certificate of an address that was or will be good until then. */
  public Issued issue(Instant end, String address) {
    try {
      X509Bundle bundle =
          new CertificateBuilder()
              .ecp256()
              .subject("CN=layerwatch " + issued)
              .addSanIpAddress(address)
              .addExtendedKeyUsageServerAuth()
              .notBefore(end.minus(Duration.ofDays(1)))
              .notAfter(end)
              .buildIssuedBy(authority);
      issued++;
      return new Issued(
          write(issued + ".crt", bundle.getCertificatePathPEM()),
          write(issued + ".key", bundle.getPrivateKeyPEM()),
          context(bundle.toKeyManagerFactory().getKeyManagers(), null));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Its own certificate in PEM. */
  public Path certificate() {
    return write("authority.crt", authority.getCertificatePEM());
  }

  /** For clients that trust what it issues. */
  public SSLContext trusted() {
    return context(null, authority.toTrustManagerFactory().getTrustManagers());
  }

  /** A truststore with its certificate, in PKCS#12. */
  public Path truststore(String password) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("authority", authority.getCertificate());
      Path file = directory.resolve("truststore.p12");
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, password.toCharArray());
      }
      return file;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static SSLContext context(KeyManager[] keys, TrustManager[] trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys, trust, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(directory.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
