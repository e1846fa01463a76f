package io.layerwatch.standalone.registry;

import io.confluent.kafka.schemaregistry.CompatibilityChecker;
import io.confluent.kafka.schemaregistry.CompatibilityLevel;
import io.confluent.kafka.schemaregistry.avro.AvroSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Schemas by id and by subject, with each subject's compatibility level, in memory. Compatibility
 * is judged by Confluent's own checker. Safe for use by several threads.
 */
final class SchemaStore {

  private final List<AvroSchema> byId = new ArrayList<>();
  private final Map<String, List<Version>> bySubject = new TreeMap<>();
  private final Map<String, CompatibilityLevel> levels = new TreeMap<>();
  private CompatibilityLevel defaultLevel = CompatibilityLevel.BACKWARD;

  /** A schema's place in a subject; versions count from 1, ids over all subjects. */
  record Version(String subject, int version, int id, AvroSchema schema) {}

  /** The schema does not fit those before it. */
  static final class IncompatibleException extends RuntimeException {
    IncompatibleException(List<String> reasons) {
      super(String.join("; ", reasons));
    }
  }

  /** Adds the schema as the subject's next version, or finds it there. */
  synchronized Version register(String subject, AvroSchema schema) {
    Optional<Version> known = find(subject, schema);
    if (known.isPresent()) {
      return known.get();
    }
    List<String> reasons = incompatibilities(subject, schema);
    if (!reasons.isEmpty()) {
      throw new IncompatibleException(reasons);
    }
    List<Version> versions = bySubject.computeIfAbsent(subject, key -> new ArrayList<>());
    Version added = new Version(subject, versions.size() + 1, idOf(schema), schema);
    versions.add(added);
    return added;
  }

  private int idOf(AvroSchema schema) {
    int known = byId.indexOf(schema);
    if (known < 0) {
      byId.add(schema);
      return byId.size();
    }
    return known + 1;
  }

  /** Why the schema does not fit the subject at its level; nothing when it does. */
  synchronized List<String> incompatibilities(String subject, AvroSchema schema) {
    return CompatibilityChecker.checker(level(subject).orElse(defaultLevel))
        .isCompatible(schema, versions(subject).stream().map(Version::schema).toList());
  }

  synchronized Optional<Version> find(String subject, AvroSchema schema) {
    return versions(subject).stream()
        .filter(version -> version.schema().canonicalString().equals(schema.canonicalString()))
        .findFirst();
  }

  synchronized Optional<AvroSchema> byId(int id) {
    return id < 1 || id > byId.size() ? Optional.empty() : Optional.of(byId.get(id - 1));
  }

  synchronized List<Version> versions(String subject) {
    return List.copyOf(bySubject.getOrDefault(subject, List.of()));
  }

  synchronized List<Version> versionsOf(int id) {
    return bySubject.values().stream()
        .flatMap(List::stream)
        .filter(version -> version.id() == id)
        .toList();
  }

  synchronized List<String> subjects() {
    return List.copyOf(bySubject.keySet());
  }

  synchronized CompatibilityLevel defaultLevel() {
    return defaultLevel;
  }

  synchronized void setDefaultLevel(CompatibilityLevel level) {
    defaultLevel = level;
  }

  synchronized Optional<CompatibilityLevel> level(String subject) {
    return Optional.ofNullable(levels.get(subject));
  }

  synchronized void setLevel(String subject, CompatibilityLevel level) {
    levels.put(subject, level);
  }
}
