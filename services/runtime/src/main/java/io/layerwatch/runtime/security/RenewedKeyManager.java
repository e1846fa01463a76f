package io.layerwatch.runtime.security;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The server's key in an {@link javax.net.ssl.SSLContext}, which can be put in another's place
 * while connections are made. Each has a name of its own, so that a handshake that was begun with
 * the former ends with it.
 */
final class RenewedKeyManager extends X509ExtendedKeyManager {

  private static final char[] NO_PASSWORD = new char[0];

  private record Named(String alias, X509ExtendedKeyManager manager) {}

  private record Two(Named current, Named former) {}

  private volatile Two two;
  private int count;

  /** Handshakes that begin from now on use this one; before the first there are none. */
  void take(ServerIdentity identity) {
    Named next = named(identity);
    two = new Two(next, count == 1 ? next : two.current());
  }

  private Named named(ServerIdentity identity) {
    String alias = "server-" + count++;
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, NO_PASSWORD);
      store.setKeyEntry(
          alias, identity.key(), NO_PASSWORD, identity.chain().toArray(X509Certificate[]::new));
      // The other factory gives names of its own.
      KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
      factory.init(store, NO_PASSWORD);
      return new Named(alias, (X509ExtendedKeyManager) factory.getKeyManagers()[0]);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509ExtendedKeyManager of(String alias) {
    Two now = two;
    return (now.former().alias().equals(alias) ? now.former() : now.current()).manager();
  }

  @Override
  public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
    return two.current().manager().chooseEngineServerAlias(keyType, issuers, engine);
  }

  @Override
  public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
    return two.current().manager().chooseServerAlias(keyType, issuers, socket);
  }

  @Override
  public String[] getServerAliases(String keyType, Principal[] issuers) {
    return two.current().manager().getServerAliases(keyType, issuers);
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return of(alias).getCertificateChain(alias);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return of(alias).getPrivateKey(alias);
  }

  @Override
  public String[] getClientAliases(String keyType, Principal[] issuers) {
    return new String[0];
  }

  @Override
  public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
    return null;
  }
}
