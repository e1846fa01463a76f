package io.layerwatch.integration;

import io.layerwatch.runtime.testing.TestAuthority;
import io.layerwatch.standalone.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/**
 * A real broker whose only listener asks for TLS and a password. Its one SCRAM user is made by an
 * administrator who comes with another mechanism, since somebody has to be the first.
 */
final class GuardedBroker implements AutoCloseable {

  static final String USER = "layerwatch";
  private static final String ADMINISTRATOR = "administrator-of-this-test";

  private final EmbeddedBroker broker;

  GuardedBroker(TestAuthority authority, String password)
      throws IOException, InterruptedException, ExecutionException {
    TestAuthority.Issued issued = authority.issue();
    broker =
        EmbeddedBroker.start(
            Map.of(
                "listener.security.protocol.map",
                "BROKER:SASL_SSL,CONTROLLER:PLAINTEXT",
                "sasl.enabled.mechanisms",
                "PLAIN,SCRAM-SHA-512",
                "sasl.mechanism.inter.broker.protocol",
                "PLAIN",
                "listener.name.broker.plain.sasl.jaas.config",
                plain("user_admin=\"" + ADMINISTRATOR + "\""),
                "listener.name.broker.scram-sha-512.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;",
                "ssl.keystore.type",
                "PEM",
                "ssl.keystore.certificate.chain",
                Files.readString(issued.certificate()),
                "ssl.keystore.key",
                Files.readString(issued.key()),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.certificates",
                Files.readString(authority.certificate())));
    try (Admin admin =
        Admin.create(
            Map.of(
                "bootstrap.servers",
                address(),
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                plain(""),
                "ssl.truststore.type",
                "PEM",
                "ssl.truststore.location",
                authority.certificate().toString()))) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      USER, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), password)))
          .all()
          .get();
    }
  }

  private static String plain(String more) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"admin\""
        + " password=\""
        + ADMINISTRATOR
        + "\" "
        + more
        + ";";
  }

  String address() {
    return broker.bootstrapServers();
  }

  @Override
  public void close() {
    broker.close();
  }
}
