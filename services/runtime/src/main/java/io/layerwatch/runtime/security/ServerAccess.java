package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.InvalidSettingsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * How a client asks a guarded server.
 *
 * @param trust whom connections may be made to
 * @param authorization what a request shows
 */
public record ServerAccess(
    UnaryOperator<HttpClient.Builder> trust, UnaryOperator<HttpRequest.Builder> authorization) {

  private static final String A_TOKEN =
      "a file with a token, of letters, digits and -._~+/=, in its first line";
  private static final String CERTIFICATES = "a PEM file with certificates of authorities";

  /** To an endpoint of this process. */
  public static ServerAccess of(EndpointSecurity own) {
    return new ServerAccess(own::trusted, own::authorized);
  }

  /**
   * To a server elsewhere, by files that the options {@code --token-file} and {@code --ca} name;
   * without the latter the JVM's authorities are trusted.
   *
   * @throws InvalidSettingsException listing what is wrong with either file
   */
  public static ServerAccess read(Optional<Path> token, Optional<Path> authorities) {
    List<String> problems = new ArrayList<>();
    Optional<String> shown = token.flatMap(file -> token(file, problems));
    Optional<SSLContext> trusted = authorities.flatMap(file -> trusting(file, problems));
    if (!problems.isEmpty()) {
      throw new InvalidSettingsException(problems);
    }
    return new ServerAccess(
        client -> trusted.map(client::sslContext).orElse(client),
        request ->
            shown
                .map(known -> request.setHeader("Authorization", BearerTokens.SCHEME + known))
                .orElse(request));
  }

  private static Optional<String> token(Path file, List<String> problems) {
    Optional<String> token =
        content(file)
            .map(SecretFile::text)
            .flatMap(text -> text.lines().findFirst())
            .map(String::strip)
            .filter(line -> BearerTokens.FORM.matcher(line).matches());
    if (token.isEmpty()) {
      // Not the path: somebody may have given the token itself.
      problems.add("--token-file: expected " + A_TOKEN);
    }
    return token;
  }

  private static Optional<SSLContext> trusting(Path file, List<String> problems) {
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content(file).orElse(new byte[0])));
      if (!certificates.isEmpty()) {
        return Optional.of(trusting(certificates));
      }
    } catch (CertificateException e) {
      // As good as none.
    }
    problems.add("--ca: expected " + CERTIFICATES + ", got \"" + file + "\"");
    return Optional.empty();
  }

  private static SSLContext trusting(Collection<? extends Certificate> authorities) {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Optional<byte[]> content(Path file) {
    try {
      return Files.isRegularFile(file) && Files.size(file) <= SecretFile.LARGEST
          ? Optional.of(Files.readAllBytes(file))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
