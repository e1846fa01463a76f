package io.layerwatch.runtime.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.confluent.kafka.schemaregistry.CompatibilityChecker;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import io.layerwatch.runtime.testing.ReleasedSchemas;
import io.layerwatch.schema.ActivationSummary;
import io.layerwatch.schema.LayerDrift;
import io.layerwatch.schema.ModelScores;
import io.layerwatch.schema.PruningEvaluation;
import io.layerwatch.schema.PruningRecommendation;
import io.layerwatch.schema.PruningReview;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaRulesTest {

  /** Schemas of topics that came after the last release: the next one takes them out of here. */
  private static final Set<String> UNRELEASED = Set.of("PruningReview");

  static List<Schema> schemas() {
    return List.of(
        ActivationSummary.getClassSchema(),
        ModelScores.getClassSchema(),
        LayerDrift.getClassSchema(),
        PruningRecommendation.getClassSchema(),
        PruningEvaluation.getClassSchema(),
        PruningReview.getClassSchema());
  }

  @Test
  void everySchemaFileIsHeldToTheRules() throws IOException {
    List<String> all = new ArrayList<>();
    schemas().forEach(schema -> collectRecords(schema, all));
    try (Stream<Path> files = Files.list(Path.of("../../schemas/src/main/avro"))) {
      assertThat(all)
          .containsAll(
              files.map(file -> file.getFileName().toString().replace(".avsc", "")).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void everyFieldHasADefaultAndIsDescribed(Schema schema) {
    assertThat(faults(schema)).isEmpty();
  }

  @Test
  void theRulesFindWhatBreaksThem() {
    Schema bad =
        new Schema.Parser()
            .parse(
                "{\"type\":\"record\",\"name\":\"R\",\"namespace\":\"other\",\"fields\":["
                    + "{\"name\":\"a\",\"type\":\"int\",\"doc\":\"A number.\"},"
                    + "{\"name\":\"b\",\"type\":\"int\",\"default\":0}]}");
    assertThat(faults(bad))
        .containsExactly(
            "other.R: namespace", "other.R: doc", "other.R.a: default", "other.R.b: doc");
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void everySchemaIsReleasedAndCompatibleWithEveryReleasedOne(Schema schema) {
    List<Schema> released =
        ReleasedSchemas.versions().stream()
            .flatMap(
                version -> Stream.ofNullable(ReleasedSchemas.of(version).get(schema.getName())))
            .toList();
    assertThat(released.isEmpty())
        .as("whether " + schema.getName() + " is in no directory of schemas/released")
        .isEqualTo(UNRELEASED.contains(schema.getName()));
    assertThat(incompatibilities(schema, released)).isEmpty();
  }

  @Test
  void noReleaseLeavesOutWhatOneBeforeItHad() {
    Set<String> before = Set.of();
    for (String version : ReleasedSchemas.versions()) {
      Set<String> names = ReleasedSchemas.of(version).keySet();
      assertThat(names).as(version).isNotEmpty().containsAll(before);
      before = names;
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'name':'layer','type':'int'   | 'name':'layer','type':'long'",
        "'name':'layer','type':'int'   | 'name':'layerIndex','type':'int','doc':'No default.'},{"
            + "'name':'layer','type':'int'",
        "'name':'NearZeroCount','doc'  | 'name':'NearZero','doc'"
      })
  void aChangeThatOldReadersOrRecordsCannotBearIsFound(String was, String becomes) {
    Schema released = ReleasedSchemas.of("0.1.0").get("ActivationSummary");
    String changed = released.toString().replace(quoted(was), quoted(becomes));

    assertThat(changed).isNotEqualTo(released.toString());
    assertThat(incompatibilities(SchemaParser.parseSingle(changed), List.of(released)))
        .isNotEmpty();
  }

  private static String quoted(String json) {
    return json.replace('\'', '"');
  }

  private static List<String> incompatibilities(Schema schema, List<Schema> released) {
    return CompatibilityChecker.checker(CompatibilityLevel.FULL_TRANSITIVE)
        .isCompatible(new AvroSchema(schema), released.stream().map(AvroSchema::new).toList());
  }

  private static List<String> faults(Schema schema) {
    List<String> faults = new ArrayList<>();
    List<String> seen = new ArrayList<>();
    collectFaults(schema, faults, seen);
    return faults;
  }

  private static void collectFaults(Schema schema, List<String> faults, List<String> seen) {
    switch (schema.getType()) {
      case RECORD -> {
        if (seen.contains(schema.getFullName())) {
          return;
        }
        seen.add(schema.getFullName());
        if (!"io.layerwatch.schema".equals(schema.getNamespace())) {
          faults.add(schema.getFullName() + ": namespace");
        }
        if (schema.getDoc() == null || schema.getDoc().isBlank()) {
          faults.add(schema.getFullName() + ": doc");
        }
        for (Schema.Field field : schema.getFields()) {
          String name = schema.getFullName() + "." + field.name();
          if (!field.hasDefaultValue()) {
            faults.add(name + ": default");
          }
          if (field.doc() == null || field.doc().isBlank()) {
            faults.add(name + ": doc");
          }
          collectFaults(field.schema(), faults, seen);
        }
      }
      case ENUM -> {
        // A reader that lacks a symbol falls back to the default.
        if (schema.getEnumDefault() == null) {
          faults.add(schema.getFullName() + ": default symbol");
        }
      }
      case ARRAY -> collectFaults(schema.getElementType(), faults, seen);
      case MAP -> collectFaults(schema.getValueType(), faults, seen);
      case UNION -> schema.getTypes().forEach(type -> collectFaults(type, faults, seen));
      default -> {
        // Primitive types have nothing to describe.
      }
    }
  }

  private static void collectRecords(Schema schema, List<String> names) {
    switch (schema.getType()) {
      case RECORD -> {
        if (!names.contains(schema.getName())) {
          names.add(schema.getName());
          schema.getFields().forEach(field -> collectRecords(field.schema(), names));
        }
      }
      case ARRAY -> collectRecords(schema.getElementType(), names);
      case UNION -> schema.getTypes().forEach(type -> collectRecords(type, names));
      default -> {
        // Holds no record.
      }
    }
  }
}
