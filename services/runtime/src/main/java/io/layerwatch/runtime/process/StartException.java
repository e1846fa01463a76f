package io.layerwatch.runtime.process;

/** A process that cannot start; the message says why in one sentence for an operator. */
public class StartException extends RuntimeException {

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
