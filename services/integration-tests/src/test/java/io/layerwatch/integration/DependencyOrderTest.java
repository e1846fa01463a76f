package io.layerwatch.integration;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dependencies point down only, and siblings never see each other. */
class DependencyOrderTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.layerwatch");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "analysis",
        "probe",
        "schema",
        "runtime",
        "instrumentation",
        "scorer",
        "recommender",
        "standalone"
      })
  void everyModuleIsOnTheClassPath(String module) {
    assertThat(
            CLASSES.stream()
                .anyMatch(type -> type.getPackageName().startsWith("io.layerwatch." + module)))
        .isTrue();
  }

  @Test
  void analysisUsesTheJdkAlone() {
    classes()
        .that()
        .resideInAPackage("io.layerwatch.analysis..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage("io.layerwatch.analysis..", "java..")
        .check(CLASSES);
  }

  @Test
  void runtimeKnowsNoService() {
    noClasses()
        .that()
        .resideInAPackage("io.layerwatch.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.layerwatch.instrumentation..",
            "io.layerwatch.scorer..",
            "io.layerwatch.recommender..",
            "io.layerwatch.standalone..")
        .check(CLASSES);
  }

  @Test
  void servicesNeverSeeEachOther() {
    List<String> services = List.of("instrumentation", "scorer", "recommender");
    for (String service : services) {
      String[] others =
          List.of("instrumentation", "scorer", "recommender", "standalone").stream()
              .filter(other -> !other.equals(service))
              .map(other -> "io.layerwatch." + other + "..")
              .toArray(String[]::new);
      noClasses()
          .that()
          .resideInAPackage("io.layerwatch." + service + "..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(others)
          .check(CLASSES);
    }
  }

  @Test
  void avroClassesStayInTheCodecs() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.layerwatch.runtime.codec..", "io.layerwatch.schema..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.layerwatch.schema..")
        .check(CLASSES);
  }

  @Test
  void probeKnowsTheStatisticsAndDjlAlone() {
    classes()
        .that()
        .resideInAPackage("io.layerwatch.probe..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.layerwatch.probe..", "io.layerwatch.analysis..", "ai.djl..", "java..")
        .check(CLASSES);
  }

  @Test
  void djlStaysInProbeAndInstrumentation() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.layerwatch.probe..", "io.layerwatch.instrumentation..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("ai.djl..")
        .check(CLASSES);
  }
}
