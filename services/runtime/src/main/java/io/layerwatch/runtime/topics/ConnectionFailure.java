package io.layerwatch.runtime.topics;

import io.confluent.kafka.schemaregistry.client.rest.exceptions.RestClientException;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;

/**
 * What the clients of Kafka and of the registry throw, in a sentence for an operator, which holds
 * no secret.
 */
public final class ConnectionFailure {

  private ConnectionFailure() {}

  /** Why nothing can be asked of these brokers that another try would not meet again, if so. */
  public static Optional<String> ofKafka(String brokers, Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      // Kafka's parser quotes what it stumbles over, which may be a part of the password.
      if (message.contains("JAAS config")) {
        return Optional.of(
            "kafka.sasl.jaas.config: expected a login module, \"required\" and options in double"
                + " quotes, ended by a semicolon; what it holds is not shown");
      }
      if (cause instanceof SslAuthenticationException || cause instanceof SSLException) {
        return Optional.of(
            "the TLS handshake with Kafka at "
                + brokers
                + " failed: "
                + rootMessage(cause)
                + "; does kafka.ssl.truststore.location hold the authority of its certificate?");
      }
      if (cause instanceof AuthenticationException) {
        return Optional.of(
            "Kafka at "
                + brokers
                + " refuses the credentials in kafka.sasl.jaas.config: "
                + message);
      }
    }
    return Optional.empty();
  }

  /** The same of the registry at that address. */
  public static Optional<String> ofRegistry(String url, Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return Optional.of(
            "the TLS handshake with the schema registry at "
                + url
                + " failed: "
                + rootMessage(cause)
                + "; does schema.registry.ssl.truststore.location hold the authority of its"
                + " certificate?");
      }
      if (cause instanceof RestClientException answer
          && (answer.getStatus() == 401 || answer.getStatus() == 403)) {
        return Optional.of(
            "the schema registry at "
                + url
                + " refuses the credentials in schema.registry.basic.auth.user.info: "
                + answer.getMessage());
      }
    }
    return Optional.empty();
  }

  /** The innermost message, which says most. */
  public static String rootMessage(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
