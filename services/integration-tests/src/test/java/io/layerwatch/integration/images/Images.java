package io.layerwatch.integration.images;

import java.util.Map;

/** The images of the three services, built once from what Maven has packed. */
final class Images {

  static final String BASE = "eclipse-temurin:17-jre";
  static final String KAFKA = "apache/kafka:4.3.1";
  static final String REGISTRY = "apicurio/apicurio-registry:3.3.3";

  /** Of the images under test, so that those of a user stay. */
  static final String VERSION = "test";

  private static boolean built;

  private Images() {}

  /** Builds them by the script that the READMEs name. */
  static synchronized void build() {
    if (!built) {
      DockerCli.run(Map.of("LAYERWATCH_VERSION", VERSION), "sh", "deploy/images/build", "--packed")
          .orFail();
      built = true;
    }
  }

  static String of(String service) {
    return "layerwatch/" + service + ":" + VERSION;
  }
}
