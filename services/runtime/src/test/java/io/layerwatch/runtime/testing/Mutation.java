package io.layerwatch.runtime.testing;

import java.util.Optional;

/** A way in which a record goes bad, and the reason it must then be rejected for, if any must. */
public enum Mutation {
  /** One to three bits are others. */
  FLIPPED_BITS(""),
  /** Ends too early. */
  TRUNCATED("undecodable"),
  /** Random bytes, or a number beyond two billion, somewhere inside. */
  INSERTED_BYTES(""),
  /** A stretch of it comes twice. */
  REPEATED_BYTES(""),
  /** Its bytes under the id of another schema. */
  SWAPPED_SCHEMA("foreign_schema"),
  /** Its bytes under an id that nobody registered. */
  UNKNOWN_SCHEMA("unknown_schema"),
  /** A good record of another topic. */
  FOREIGN_RECORD("foreign_schema"),
  /** Random bytes. */
  JUNK("undecodable"),
  /** A value of no bytes. */
  EMPTY("undecodable"),
  /** No value. */
  TOMBSTONE("undecodable"),
  /** No key. */
  NO_KEY("wrong_key"),
  /** The key of another model, or bytes that are no text. */
  OTHER_KEY("wrong_key"),
  /** A good record with more bytes behind it than any may have. */
  OVERSIZE("oversize"),
  /** The right schema, with one extreme value. */
  ONE_FIELD(""),
  /** The right schema, with several extreme values. */
  SEVERAL_FIELDS("");

  private final String reason;

  Mutation(String reason) {
    this.reason = reason;
  }

  /** What it must be rejected for; empty where it may still be a good record. */
  public Optional<String> reason() {
    return Optional.of(reason).filter(text -> !text.isEmpty());
  }
}
