package io.layerwatch.scorer.replay;

import io.layerwatch.runtime.process.CommandErrors.OperatorError;

/** A replay that cannot be done; the message says why in one sentence for an operator. */
final class ReplayException extends RuntimeException implements OperatorError {

  ReplayException(String message) {
    super(message);
  }

  ReplayException(String message, Throwable cause) {
    super(message, cause);
  }
}
