package io.layerwatch.scorer;

/** What happens to an instance, or to what it sends; slots are of ten seconds. */
sealed interface Fault {

  String host();

  /** What it saw in that slot is numbered and never arrives. */
  record Lost(String host, int slot, String site) implements Fault {}

  /** Nothing of it arrives in these slots; it is sent in the first one after them. */
  record CutOff(String host, int slot, int slots) implements Fault {}

  /** The slot in which it first sees anything. */
  record Starts(String host, int slot) implements Fault {}

  /** The slot from which on it sees nothing; what was not sent until then is not sent at all. */
  record Stops(String host, int slot) implements Fault {}
}
