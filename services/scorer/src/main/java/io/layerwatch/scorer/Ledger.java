package io.layerwatch.scorer;

import java.nio.ByteBuffer;

/**
 * What became of a model's layer tokens, since it was first heard of. A layer token is one token of
 * one layer at one site.
 *
 * <p>It is kept in the state, so that it is as exact as the windows themselves, whatever the
 * process goes through. Once all windows are closed, claimed = scored + late + missing.
 *
 * @param accepted merged into windows, open or closed
 * @param scored in closed windows
 * @param late for a window that had closed
 * @param duplicate seen before, and so without effect
 * @param claimed said by the instances to have been seen up to their last counted summary
 */
record Ledger(long accepted, long scored, long late, long duplicate, long claimed) {

  static final Ledger EMPTY = new Ledger(0, 0, 0, 0, 0);
  static final int ENCODED_SIZE = 5 * Long.BYTES;

  Ledger withAccepted(long tokens) {
    return new Ledger(accepted + tokens, scored, late, duplicate, claimed);
  }

  Ledger withScored(long tokens) {
    return new Ledger(accepted, scored + tokens, late, duplicate, claimed);
  }

  Ledger withLate(long tokens) {
    return new Ledger(accepted, scored, late + tokens, duplicate, claimed);
  }

  Ledger withDuplicate(long tokens) {
    return new Ledger(accepted, scored, late, duplicate + tokens, claimed);
  }

  Ledger withClaimed(long tokens) {
    return new Ledger(accepted, scored, late, duplicate, claimed + tokens);
  }

  /** In windows that are still open. */
  long waiting() {
    return accepted - scored;
  }

  /** Claimed, and never seen: dropped by the instance, rejected here, or lost between. */
  long missing() {
    return claimed - scored - late;
  }

  void writeTo(ByteBuffer buffer) {
    buffer.putLong(accepted).putLong(scored).putLong(late).putLong(duplicate).putLong(claimed);
  }

  static Ledger readFrom(ByteBuffer buffer) {
    return new Ledger(
        buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }
}
