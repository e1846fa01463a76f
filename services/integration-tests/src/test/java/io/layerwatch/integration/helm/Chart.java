package io.layerwatch.integration.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import io.layerwatch.integration.Repository;
import io.layerwatch.integration.Skipped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** The shipped chart, by Helm itself, which runs in this JVM. */
final class Chart {

  static final String RELEASE = "layerwatch";
  static final String NAMESPACE = "observability";

  /** The oldest that Chart.yaml admits. */
  private static final String KUBERNETES = "1.30.0";

  private static final Map<String, Rendered> RENDERED = new ConcurrentHashMap<>();

  private Chart() {}

  static Path directory() {
    return Repository.root().resolve("deploy/helm/layerwatch");
  }

  static JsonNode values() {
    return Yaml.one(directory().resolve("values.yaml"));
  }

  /** Names of the sets of values that the chart is tried with. */
  static Stream<String> valueSets() {
    try (Stream<Path> files = Files.list(directory().resolve("ci"))) {
      return files
          .map(file -> file.getFileName().toString().replace("-values.yaml", ""))
          .sorted()
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path valueSet(String name) {
    return directory().resolve("ci").resolve(name + "-values.yaml");
  }

  /** What the chart makes of such a set. */
  static Rendered rendered(String valueSet) {
    return RENDERED.computeIfAbsent(valueSet, name -> render(valueSet(name)));
  }

  /** What the chart makes of the values of a file. */
  static Rendered render(Path values) {
    return render(directory(), values);
  }

  /** The same of a chart elsewhere, a directory or an archive. */
  static Rendered render(Path chart, Path values) {
    String manifests =
        helm(chart)
            .template()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES)
            .withValuesFile(values)
            .call();
    return new Rendered(Yaml.all(manifests));
  }

  /** The chart as an archive, as it is published. */
  static Path packed(Path directory) {
    helm(directory()).packageIt().withDestination(directory).call();
    return directory.resolve("layerwatch-" + version() + ".tgz");
  }

  static String version() {
    return Yaml.one(directory().resolve("Chart.yaml")).path("version").asText();
  }

  /** What Helm tells whoever installs the chart. */
  static String notes(String valueSet) {
    String output =
        helm(directory())
            .install()
            .withName(RELEASE)
            .withNamespace(NAMESPACE)
            .withKubeVersion(KUBERNETES)
            .withValuesFile(valueSet(valueSet))
            .clientOnly()
            .dryRun()
            .call()
            .getOutput();
    return output.substring(output.indexOf("NOTES:"));
  }

  /**
   * A copy of the chart whose defaults are those of a set: what is judged takes no other values.
   */
  static Path copyWith(String valueSet, Path directory) throws IOException {
    Path copy = directory.resolve("layerwatch");
    try (Stream<Path> files = Files.walk(directory())) {
      for (Path file : files.toList()) {
        // A link is followed, as it is when the chart is packed.
        Files.copy(file, copy.resolve(directory().relativize(file).toString()));
      }
    }
    JsonNode values = Yaml.merged(values(), Yaml.one(valueSet(valueSet)));
    // JSON is YAML.
    Files.writeString(copy.resolve("values.yaml"), values.toString());
    return copy;
  }

  /** Helm's own judgement, for which a warning is a failure. */
  static LintResult lint(Path chart) {
    return helm(chart).lint().strict().call();
  }

  /**
   * Its native library is on Maven Central for some platforms; skipped on any other, where no class
   * that loads it can be. A call that Helm refuses is another thing.
   */
  private static Helm helm(Path chart) {
    try {
      Helm.version().call();
    } catch (LinkageError e) {
      throw Skipped.because("no Helm library for this platform: " + e);
    }
    return new Helm(chart);
  }
}
