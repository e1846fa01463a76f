package io.layerwatch.runtime.streams;

/**
 * A decoded value beside the bytes it came as, so that a later node can still reject the record as
 * it was.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody; a copy per record would cost.
public record Received<T>(T value, byte[] bytes) {}
