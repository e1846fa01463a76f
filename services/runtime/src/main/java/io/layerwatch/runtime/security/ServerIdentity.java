package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.CommonSettings;
import io.layerwatch.runtime.settings.InvalidSettingsException;
import io.layerwatch.runtime.settings.Settings;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A certificate chain, the server's own first, and the key that belongs to it. Its text names the
 * subject only.
 */
record ServerIdentity(List<X509Certificate> chain, PrivateKey key) {

  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");
  private static final Pattern OTHER_KEY = Pattern.compile("-----BEGIN ([A-Z]+ PRIVATE KEY)-----");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");
  private static final byte[] PROBE = {1, 2, 3};

  ServerIdentity {
    chain = List.copyOf(chain);
  }

  /**
   * Reads both files.
   *
   * @throws InvalidSettingsException listing what is wrong with either, or between them
   */
  static ServerIdentity read(Settings settings) {
    List<String> problems = new ArrayList<>();
    SecretFile certificates = new SecretFile(settings, CommonSettings.TLS_CERTIFICATE);
    SecretFile keys = new SecretFile(settings, CommonSettings.TLS_KEY);
    List<X509Certificate> chain =
        certificates
            .read(problems, "a PEM file with a certificate chain")
            .map(bytes -> certificates(certificates, bytes, problems))
            .orElse(List.of());
    Optional<PrivateKey> key =
        keys.read(problems, "a PEM file with a PKCS#8 key")
            .flatMap(bytes -> key(keys, SecretFile.text(bytes), problems));
    if (key.isPresent() && !chain.isEmpty() && !belongs(key.get(), chain.get(0))) {
      problems.add(
          keys.problem(
              "the key of " + CommonSettings.TLS_CERTIFICATE, "which is that of another one"));
    }
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new ServerIdentity(chain, key.orElseThrow());
  }

  static List<Path> files(Settings settings) {
    return List.of(
        Path.of(settings.text(CommonSettings.TLS_CERTIFICATE)),
        Path.of(settings.text(CommonSettings.TLS_KEY)));
  }

  private static List<X509Certificate> certificates(
      SecretFile file, byte[] bytes, List<String> problems) {
    try {
      List<X509Certificate> found =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(bytes))
              .stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (found.isEmpty()) {
        problems.add(file.problem("a PEM file with a certificate chain", "which holds none"));
      }
      return found;
    } catch (CertificateException e) {
      problems.add(file.problem("a PEM file with a certificate chain", "which holds none"));
      return List.of();
    }
  }

  private static Optional<PrivateKey> key(SecretFile file, String text, List<String> problems) {
    Matcher found = KEY.matcher(text);
    Optional<PrivateKey> key = found.find() ? decoded(found.group(1)) : Optional.empty();
    if (key.isEmpty()) {
      Matcher other = OTHER_KEY.matcher(text);
      problems.add(
          file.problem(
              "a PEM file with an unencrypted PKCS#8 key (BEGIN PRIVATE KEY)",
              other.find() ? "which holds one of BEGIN " + other.group(1) : "which holds none"));
    }
    return key;
  }

  private static Optional<PrivateKey> decoded(String base64) {
    byte[] bytes;
    try {
      bytes = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    for (String algorithm : ALGORITHMS) {
      try {
        return Optional.of(
            KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(bytes)));
      } catch (GeneralSecurityException e) {
        // The key of another algorithm, perhaps of the next.
      }
    }
    return Optional.empty();
  }

  /** Whether the certificate verifies what the key signs. */
  private static boolean belongs(PrivateKey key, X509Certificate certificate) {
    String algorithm = key.getAlgorithm();
    String scheme =
        switch (algorithm) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> algorithm;
        };
    try {
      Signature signature = Signature.getInstance(scheme);
      signature.initSign(key);
      signature.update(PROBE);
      byte[] signed = signature.sign();
      signature.initVerify(certificate.getPublicKey());
      signature.update(PROBE);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** The end of its time. */
  Instant expires() {
    return chain.get(0).getNotAfter().toInstant();
  }

  /** Why clients will refuse it now, if they will. */
  Optional<String> outOfTime(Instant now) {
    if (now.isAfter(expires())) {
      return Optional.of("expired at " + expires());
    }
    Instant begins = chain.get(0).getNotBefore().toInstant();
    return now.isBefore(begins) ? Optional.of("is not valid before " + begins) : Optional.empty();
  }

  @Override
  public String toString() {
    return chain.get(0).getSubjectX500Principal() + ", valid until " + expires();
  }
}
