package io.layerwatch.integration.images;

import java.util.List;
import java.util.Map;

/** The images of the three services, built once from what Maven has packed. */
final class Images {

  static final String BASE = "eclipse-temurin:17-jre";
  static final String KAFKA = "apache/kafka:4.3.1";
  static final String REGISTRY = "apicurio/apicurio-registry:3.3.3";

  /** Of the images under test, so that those of a user stay. */
  static final String VERSION = "test-" + ProcessHandle.current().pid();

  private static final List<String> SERVICES = List.of("instrumentation", "scorer", "recommender");

  private static boolean built;

  private Images() {}

  /** Builds them by the script that the READMEs name, for all tests of this JVM. */
  static synchronized void build() {
    if (!built) {
      Runtime.getRuntime().addShutdownHook(new Thread(Images::remove));
      DockerCli.run(
              Map.of("LAYERWATCH_VERSION", VERSION, "LAYERWATCH_REGISTRY", ""),
              "sh",
              "deploy/images/build",
              "--packed")
          .orFail();
      built = true;
    }
  }

  private static void remove() {
    List<String> images = SERVICES.stream().map(Images::of).toList();
    var unused =
        DockerCli.run(
            Map.of(),
            DockerCli.command(List.of("docker", "image", "rm"), images.toArray(String[]::new)));
  }

  static String of(String service) {
    return "layerwatch/" + service + ":" + VERSION;
  }
}
