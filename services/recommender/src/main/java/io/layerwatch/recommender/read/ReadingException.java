package io.layerwatch.recommender.read;

import io.layerwatch.runtime.process.CommandErrors.OperatorError;

/** Recommendations that cannot be read or reviewed; the message says why in one sentence. */
class ReadingException extends RuntimeException implements OperatorError {

  ReadingException(String message) {
    super(message);
  }

  ReadingException(String message, Throwable cause) {
    super(message, cause);
  }
}
