package io.layerwatch.instrumentation.model;

/**
 * What a decoder keeps of the tokens that a sequence has passed through it so far, so that a pass
 * needs the new ones only. Made by the decoder that uses it, belongs to one sequence; not safe for
 * use by several threads.
 */
public sealed interface SequenceCache extends AutoCloseable permits KeyValueCache, TokenHistory {

  /** Tokens of the sequence so far. */
  int length();

  @Override
  void close();
}
