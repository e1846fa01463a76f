package io.layerwatch.runtime.settings;

import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.Importance;
import org.apache.kafka.common.config.ConfigDef.Type;

/** Settings that every process has. */
public final class CommonSettings {

  public static final String BOOTSTRAP_SERVERS = "kafka.bootstrap.servers";
  public static final String SCHEMA_REGISTRY_URL = "schema.registry.url";
  public static final String TOPICS_PREFIX = "topics.prefix";
  public static final String TOPICS_PARTITIONS = "topics.partitions";
  public static final String TOPICS_REPLICATION = "topics.replication.factor";
  public static final String TOPICS_RETENTION = "topics.retention";
  public static final String ADMIN_HOST = "admin.host";
  public static final String ADMIN_PORT = "admin.port";
  public static final String ADMIN_TOKEN_FILE = "admin.token.file";
  public static final String TLS_CERTIFICATE = "http.tls.certificate";
  public static final String TLS_KEY = "http.tls.key";

  private CommonSettings() {}

  /** A fresh definition, to which a process adds its own settings. */
  public static ConfigDef define() {
    return new ConfigDef()
        .define(
            BOOTSTRAP_SERVERS,
            Type.STRING,
            "localhost:9092",
            Expect.text(),
            Importance.HIGH,
            "Kafka brokers. Anything else under `kafka.` goes to the Kafka clients as it is.")
        .define(
            SCHEMA_REGISTRY_URL,
            Type.STRING,
            "http://localhost:8081",
            Expect.addressesWithoutCredentials(),
            Importance.HIGH,
            "Schema registry. Anything else under `schema.registry.` goes to its client without"
                + " that prefix, such as `schema.registry.basic.auth.user.info`.")
        .define(
            TOPICS_PREFIX,
            Type.STRING,
            "layerwatch.",
            Importance.MEDIUM,
            "Put before the name of every topic.")
        .define(
            TOPICS_PARTITIONS,
            Type.INT,
            4,
            Expect.atLeast(1),
            Importance.MEDIUM,
            "Partitions of topics that are created. Each model lives in one.")
        .define(
            TOPICS_REPLICATION,
            Type.INT,
            -1,
            Expect.atLeast(-1),
            Importance.MEDIUM,
            "Replicas of topics that are created; -1 is the broker's default.")
        .define(
            TOPICS_RETENTION,
            Type.STRING,
            "7d",
            Expect.positiveDuration(),
            Importance.MEDIUM,
            "How long topics that are created keep records, by event time.")
        .define(
            ADMIN_HOST,
            Type.STRING,
            "0.0.0.0",
            Expect.text(),
            Importance.LOW,
            "Address of /metrics, /healthz and /readyz.")
        .define(
            ADMIN_PORT,
            Type.STRING,
            "9400",
            Expect.port(),
            Importance.MEDIUM,
            "Port of /metrics, /healthz and /readyz; 0 takes a free one.")
        .define(
            ADMIN_TOKEN_FILE,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "File with bearer tokens, one a line, one of which every request to the admin port must"
                + " have, but for /healthz and /readyz. Without it none must.")
        .define(
            TLS_CERTIFICATE,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "PEM file with the certificate chain of this process, for HTTPS at every port that it"
                + " serves. Without it they serve HTTP.")
        .define(
            TLS_KEY,
            Type.STRING,
            "",
            Importance.MEDIUM,
            "PEM file with the certificate's key, in PKCS#8 and not encrypted.");
  }
}
