package io.layerwatch.runtime.topics;

import org.apache.kafka.common.errors.SerializationException;

/** A record's value that nobody can use: undecodable, or impossible. Never a registry outage. */
public final class InvalidRecordException extends SerializationException {

  /** Why a value is invalid, as metrics count it. */
  public enum Kind {
    /** No registered schema, or the bytes do not fit it. */
    UNDECODABLE,
    /** The schema fits, a value is impossible. */
    IMPOSSIBLE,
    /** The value is fine, its time is not. */
    MISALIGNED
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
