package io.layerwatch.instrumentation.prune;

import io.layerwatch.runtime.process.CommandErrors.OperatorError;

/** A checkpoint that could not be written. The message is one sentence for an operator. */
public final class PruningException extends RuntimeException implements OperatorError {

  PruningException(String message) {
    super(message);
  }

  PruningException(String message, Throwable cause) {
    super(message, cause);
  }
}
