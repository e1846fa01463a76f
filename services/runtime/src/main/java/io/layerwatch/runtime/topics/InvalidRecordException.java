package io.layerwatch.runtime.topics;

import java.util.Locale;
import org.apache.kafka.common.errors.SerializationException;

/** A record's value that nobody can use: undecodable, or impossible. Never a registry outage. */
public final class InvalidRecordException extends SerializationException {

  /** Why a value is invalid, as metrics count it. */
  public enum Kind {
    /** Not in Confluent's wire format, or the bytes do not fit their schema. */
    UNDECODABLE,
    /** The registry has no schema of that id. */
    UNKNOWN_SCHEMA,
    /** Written with the schema of another type. */
    FOREIGN_SCHEMA,
    /** Larger than any such record has reason to be. */
    OVERSIZE,
    /** The key is not the model that the value is about. */
    WRONG_KEY,
    /** The schema fits, a value is impossible. */
    IMPOSSIBLE,
    /** The value is fine, its time is not. */
    MISALIGNED;

    /** As metrics, headers and reports have it. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Kind kind;

  public InvalidRecordException(Kind kind, String reason, Throwable cause) {
    super(reason, cause);
    this.kind = kind;
  }

  public InvalidRecordException(Kind kind, String reason) {
    super(reason);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
