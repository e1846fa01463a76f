package io.layerwatch.instrumentation.checkpoint;

/**
 * A model directory that cannot be run. The message is one sentence for an operator: the file, the
 * tensor or setting, what was expected and what was found.
 */
public final class InvalidCheckpointException extends RuntimeException
    implements io.layerwatch.runtime.process.CommandErrors.OperatorError {

  public InvalidCheckpointException(String message) {
    super(message);
  }

  public InvalidCheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
