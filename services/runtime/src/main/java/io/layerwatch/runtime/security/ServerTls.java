package io.layerwatch.runtime.security;

import io.layerwatch.runtime.settings.Settings;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;

/** TLS 1.2 and 1.3 with the certificate that the settings name, as it is renewed. */
public final class ServerTls {

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  /**
   * Each costs the server a signature and the client next to nothing. The JDK reads this before the
   * first handshake that a process makes as a server.
   */
  private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";

  private final Renewed<ServerIdentity> identity;
  private final SSLContext context;

  private ServerTls(Renewed<ServerIdentity> identity, RenewedKeyManager keys) {
    if (System.getProperty(NO_RENEGOTIATION) == null) {
      System.setProperty(NO_RENEGOTIATION, "true");
    }
    this.identity = identity;
    this.context = context(new KeyManager[] {keys}, new TrustManager[0]);
  }

  /**
   * Reads certificate and key.
   *
   * @throws io.layerwatch.runtime.settings.InvalidSettingsException listing what is wrong with them
   */
  static ServerTls read(Settings settings) {
    RenewedKeyManager keys = new RenewedKeyManager();
    return new ServerTls(
        new Renewed<>(
            ServerIdentity.files(settings), () -> ServerIdentity.read(settings), keys::take),
        keys);
  }

  void check() {
    identity.check();
  }

  Instant expires() {
    return identity.get().expires();
  }

  Optional<String> outOfTime(Instant now) {
    return identity.get().outOfTime(now);
  }

  /** For a server's connections. */
  public SSLContext context() {
    return context;
  }

  /** What a server's connections must keep to. */
  public SSLParameters parameters() {
    SSLParameters parameters = context.getDefaultSSLParameters();
    parameters.setProtocols(PROTOCOLS);
    return parameters;
  }

  /** For clients in this process. */
  SSLContext own() {
    return context(
        new KeyManager[0], new TrustManager[] {new OwnCertificate(this::ownCertificate)});
  }

  private X509Certificate ownCertificate() {
    return identity.get().chain().get(0);
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
}
